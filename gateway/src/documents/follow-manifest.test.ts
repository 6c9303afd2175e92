import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createLog } from '@renmai/platform/serve/log'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashOf } from './documents.ts'
import { followManifest, parseManifest } from './follow-manifest.ts'

const log = createLog('test', 'silent')
const [ONE, TWO] = ['query One { one }', 'query Two { two }']
const relay = (...texts: string[]) => JSON.stringify(Object.fromEntries(texts.map((text) => [hashOf(text), text])))
const apollo = (...texts: string[]) =>
  JSON.stringify({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: texts.map((body) => ({ id: hashOf(body), body, name: 'X', type: 'query' })),
  })

let folder: ReturnType<typeof makeFolder>
beforeAll(() => {
  folder = makeFolder('manifest')
})
afterAll(() => folder.remove())

describe('a manifest', () => {
  it.each([
    ['Relay', relay(ONE, TWO)],
    ['Apollo', apollo(ONE, TWO)],
    ['Relay, with the name of the hash', JSON.stringify({ [`sha256:${hashOf(ONE)}`]: ONE, [hashOf(TWO)]: TWO })],
    ['nobody, when it is empty', '{}'],
  ])('of %s is read', (_whose, text) => {
    const texts = [...parseManifest(text).values()]
    expect(texts).toEqual(text === '{}' ? [] : [ONE, TWO])
  })

  it.each([
    ['a hash of another text', JSON.stringify({ [hashOf(ONE)]: TWO }), 'not the SHA-256'],
    ['the MD5 that relay-compiler takes by default', JSON.stringify({ '0123456789abcdef0123456789abcdef': ONE }), 'not the SHA-256'],
    ['a list', '[]', 'neither of Apollo nor of Relay'],
    ['an empty document', JSON.stringify({ [hashOf('')]: '' }), 'neither of Apollo nor of Relay'],
    ['no JSON', 'query', 'JSON'],
  ])('with %s is refused', (_what, text, message) => {
    expect(() => parseManifest(text)).toThrow(message)
  })
})

describe('the followed manifest', () => {
  it('is none without a file, and must be there otherwise', async () => {
    expect((await followManifest(undefined, log)).find(hashOf(ONE))).toBeUndefined()
    await expect(followManifest(`${folder.path}/missing.json`, log)).rejects.toThrow('ENOENT')
  })

  it('is read again when the mounted file is swapped, and kept when the new one is wrong or gone', async () => {
    // As a ConfigMap is mounted: the name is a link, which is replaced.
    const [name, write] = [`${folder.path}/manifest.json`, (no: number, text: string) => writeFileSync(`${folder.path}/${no}.json`, text)]
    const point = (no: number) => {
      rmSync(name, { force: true })
      symlinkSync(`${folder.path}/${no}.json`, name)
    }
    write(1, relay(ONE))
    write(2, 'wrong')
    write(3, apollo(TWO))
    point(1)
    const refused: unknown[] = []
    const watched = { ...log, info: () => undefined, error: (about: unknown) => void refused.push(about) } as unknown as typeof log
    const manifest = await followManifest(name, watched, 5)
    expect(manifest.find(hashOf(ONE))).toBe(ONE)
    point(2)
    await eventually(() => expect(refused.length).toBeGreaterThan(0))
    expect(manifest.find(hashOf(ONE))).toBe(ONE)
    point(3)
    await eventually(() => expect(manifest.find(hashOf(TWO))).toBe(TWO))
    expect(manifest.find(hashOf(ONE))).toBeUndefined()
    manifest.stop()
  })
})
