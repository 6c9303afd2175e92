import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { makeFolder } from '@renmai/platform/testing/folder'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { writeUnreleased } from '../releases/changelog.rules.ts'
import { type Contracts, contractsIn, keepContracts, listChanges, TODAY } from '../releases/contracts.ts'
import { type Compared, changelogFresh, protoKept, publicSchemaKept, schemaKept } from '../releases/gates.ts'
import { makeRelease } from '../releases/make-release.ts'
import { comparedWith, newestRelease, releaseTag, requireNext } from '../releases/versions.ts'
import { ROOT } from '../stack/paths.ts'

const folder = makeFolder('releases')
afterAll(() => folder.remove())

const LOG = '# Changes\n\nWords.\n\n## 2026-01-01\n\n- Long ago\n'
let of: Compared & { said: string[] }
let turn = 0
/** A copy of the present contracts that a test may change, and a baseline of them. */
beforeEach(() => {
  const place = `${folder.path}/${turn++}`
  const now: Contracts = {
    supergraph: `${place}/supergraph.graphql`,
    publicSchema: `${place}/public.graphql`,
    proto: `${place}/proto`,
  }
  mkdirSync(place)
  cpSync(TODAY.supergraph, now.supergraph)
  cpSync(TODAY.publicSchema, now.publicSchema)
  for (const name of ['buf.yaml', 'renmai']) cpSync(`${ROOT}proto/${name}`, `${now.proto}/${name}`, { recursive: true })
  const said: string[] = []
  of = { releases: `${place}/releases`, changelog: `${place}/CHANGELOG.md`, now, said, say: (line) => void said.push(line) }
  keepContracts(`${of.releases}/baseline`, now)
  writeFileSync(of.changelog, writeUnreleased(LOG, []))
})

function change(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(file, 'utf8')
  expect(text).toMatch(from)
  writeFileSync(file, text.replace(from, to))
}
const events = () => `${of.now.proto}/renmai/campaign/v1/events.proto`
const removeEventField = () => change(events(), /^ {2}string coupon_id = \d+;\n/m, '')
const removePublicField = () => change(of.now.publicSchema, /^type PageInfo [\s\S]*?\n}/m, 'type PageInfo { hasNextPage: Boolean! }')
const removeStaffField = () => change(of.now.supergraph, 'hasPreviousPage: Boolean!', 'hasPreviousPage: Boolean')
const changes = () => listChanges(contractsIn(comparedWith(of.releases)), of.now)
const list = async () => writeFileSync(of.changelog, writeUnreleased(readFileSync(of.changelog, 'utf8'), await changes()))

describe('before the first release', () => {
  it('contracts may break, which each gate states in one line', async () => {
    for (const breakIt of [removeEventField, removePublicField, removeStaffField]) breakIt()
    for (const gate of [protoKept, schemaKept, publicSchemaKept]) await gate(of)
    expect(of.said).toEqual(Array(3).fill(expect.stringMatching(/^no release yet/)))
  })

  it.each([
    ['an event', removeEventField, /Breaking\*\* Events and questions: .*coupon_id/],
    ['the public schema', removePublicField, /Breaking\*\* Field 'endCursor' was removed from object type 'PageInfo'/],
    ['the schema of staff', removeStaffField, /Breaking\*\* Schema of staff: Field 'PageInfo\.hasPreviousPage' changed type/],
  ])('a break of %s is refused until the changelog lists it, and stays listed', async (_what, breakIt, line) => {
    breakIt()
    await expect(changelogFresh(of)).rejects.toThrow(line)
    await list()
    expect(readFileSync(of.changelog, 'utf8')).toMatch(line)
    await changelogFresh(of)
    // A later change that forgets the line is refused, however long ago the break was.
    writeFileSync(of.changelog, writeUnreleased(LOG, []))
    await expect(changelogFresh(of)).rejects.toThrow(line)
  })

  it('the changelog lists no change that was reverted', async () => {
    await list()
    const log = readFileSync(of.changelog, 'utf8')
    writeFileSync(of.changelog, writeUnreleased(log, ['- **Breaking** Something']))
    await expect(changelogFresh(of)).rejects.toThrow('npm run changelog')
  })

  it('text by people under the heading stays', () => {
    const noted = writeUnreleased(LOG, []).replace('## Unreleased\n', '## Unreleased\n\nMoney is in minor units now.\n')
    expect(writeUnreleased(noted, ['- One'])).toMatch(
      /## Unreleased\n\nMoney is in minor units now\.\n\n<!--.*-->\n\n- One\n\n## 2026-01-01\n\n- Long ago\n$/,
    )
  })
})

describe('a release', () => {
  const release = () => makeRelease('0.1.0', '2026-12-01', of)

  it('keeps its contracts, closes the section of the changelog, and states how it is tagged', async () => {
    removeEventField()
    await list()
    expect(release().join('\n')).toContain('git tag -s v0.1.0')
    expect(newestRelease(of.releases)).toBe('0.1.0')
    expect(readFileSync(of.changelog, 'utf8')).toMatch(
      /## Unreleased\n\n<!--.*-->\n\n## 0\.1\.0, 2026-12-01\n\n+(- \*\*Breaking\*\* Events.*\n)+\n## 2026/,
    )
    expect(await changes()).toEqual([])
    await changelogFresh(of)
    expect(release, 'made twice').toThrow('not above the newest release')
  })

  it.each([
    ['events', protoKept, removeEventField],
    ['the schema of staff', schemaKept, removeStaffField],
    ['the public schema', publicSchemaKept, removePublicField],
  ])('is what %s may not break afterwards, however often they are checked', async (_what, gate, breakIt) => {
    release()
    await gate(of)
    expect(of.said).toEqual([])
    breakIt()
    for (const _again of [1, 2]) await expect(gate(of)).rejects.toThrow(/break/)
    await list()
    await expect(gate(of), 'the changelog is no excuse').rejects.toThrow(/break/)
  })

  it('is compared by its numbers, not as text', () => {
    for (const version of ['0.9.0', '0.10.0', 'notes']) mkdirSync(`${of.releases}/${version}`)
    expect(newestRelease(of.releases)).toBe('0.10.0')
    expect(() => requireNext('0.9.1', '0.10.0')).toThrow('not above')
    expect(() => requireNext('1.0', undefined)).toThrow('three numbers')
    requireNext('0.11.0', '0.10.0')
  })

  it('whose tag a clone lacks cannot be upgraded from, and the error states how to get it', () => {
    const root = `${folder.path}/clone`
    const git = (...args: string[]) => expect(spawnSync('git', args, { cwd: root }).status).toBe(0)
    mkdirSync(`${root}/releases/0.1.0`, { recursive: true })
    writeFileSync(`${root}/releases/0.1.0/public.graphql`, '')
    git('init', '--quiet')
    git('add', '.')
    git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', 'Release 0.1.0')
    expect(() => releaseTag(root)).toThrow('git fetch --tags origin v0.1.0')
    git('tag', 'v0.1.0')
    expect(releaseTag(root)).toBe('v0.1.0')
  })
})
