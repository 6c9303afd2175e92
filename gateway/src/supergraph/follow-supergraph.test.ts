import { mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeServices } from '@apollo/composition'
import { createLog } from '@renmai/platform/serve/log'
import { eventually } from '@renmai/platform/testing/eventually'
import { parse } from 'graphql'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AskSubgraph } from '../execution/step.ts'
import { type Followed, followSupergraph } from './follow-supergraph.ts'

const POLL_MS = 20
const viewer = { kind: 'STAFF', id: 'staff', tenantId: 'tenant', scopes: new Set<string>() } as const

function compose(typeDefs: string): string {
  const { supergraphSdl, errors } = composeServices([{ name: 'identity', url: 'http://identity', typeDefs: parse(typeDefs) }])
  if (errors) throw errors[0]!
  return supergraphSdl!
}

const ask: AskSubgraph = async (_viewer, body) => ({ data: { name: 'Li', age: 30, asked: JSON.parse(body).query } })

let [folder, followed]: [string, Followed] = [] as never
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renmai-supergraph-'))
})
afterEach(async () => {
  followed.stop()
  await rm(folder, { recursive: true })
})

/** Mounts a file as a ConfigMap is mounted: a link to a folder that is swapped as a whole. */
async function mount(sdl: string, revision: number): Promise<string> {
  const link = join(folder, 'current')
  await writeFile(join(folder, `revision-${revision}`), sdl)
  await symlink(`revision-${revision}`, `${link}.new`)
  await rename(`${link}.new`, link)
  return link
}

async function answer(source: string) {
  const { documents, execute } = followed.current()
  const { document } = documents.find(source, 'tenant')
  return (await execute({ document, operationName: undefined, variables: {}, viewer })).data
}

it('serves the new schema when the file changes, and keeps the old one when the new one is broken', async () => {
  const file = await mount(compose('type Query { name: String }'), 1)
  const log = createLog('test', 'silent')
  const refusals = vi.spyOn(log, 'error')
  followed = await followSupergraph(file, new Map([['identity', ask]]), log, POLL_MS)
  const before = followed.current()
  expect(await answer('{ name }')).toEqual({ name: 'Li' })
  expect(() => followed.current().documents.find('{ age }', 'tenant')).toThrow('not valid')

  await mount('type Query { broken', 2)
  await eventually(() => expect(refusals).toHaveBeenCalledOnce())
  expect(followed.current()).toBe(before)

  await mount(compose('type Query { name: String age: Int }'), 3)
  await eventually(async () => expect(await answer('{ name age }')).toEqual({ name: 'Li', age: 30 }))
  expect(await readFile(file, 'utf8')).toContain('age')
})

it('has planned the recent operations before the new schema is served', async () => {
  const file = await mount(compose('type Query { name: String }'), 1)
  followed = await followSupergraph(file, new Map([['identity', ask]]), createLog('test', 'silent'), POLL_MS)
  await answer('{ name }')
  await answer('query Other { other: name }')
  const before = followed.current()
  await mount(compose('type Query { name: String age: Int }'), 2)
  await eventually(() => expect(followed.current()).not.toBe(before))
  expect(followed.current().documents.recent(10).toSorted()).toEqual(['query Other { other: name }', '{ name }'])
})
