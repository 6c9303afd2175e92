import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readFailures } from '../../sdl/read-failures.ts'
import { brokenCodes } from './broken-codes.ts'
import { reachCodes } from './reach-codes.ts'

const root = mkdtempSync(join(tmpdir(), 'renmai-codes-'))
afterAll(() => rmSync(root, { recursive: true }))

const FILES = {
  'things/thing.failures.ts': `export const thingFailure = failures({ THING_NOT_FOUND: ['NOT_FOUND', 'None'], THING_FULL: ['CONFLICT', 'Full'], THING_ODD: ['INVALID', 'Odd'] })`,
  'things/thing.table.ts': `export const things = pgTable('things', {}, (t) => [
    unique('things_name').on(t.tenantId, t.name),
    foreignKey({ name: 'things_box_exists', columns: [t.tenantId, t.boxId], foreignColumns: [] }),
    check('things_small', sql\`size < 9\`)])
export const thingSentences: Sentences = {
  things_name: ['name', 'Taken', 'THING_NAME_TAKEN'],
  things_box_exists: ['boxId', 'No box', 'BOX_NOT_FOUND'],
  things_small: ['size', 'Too large', 'THING_TOO_LARGE'],
}`,
  'things/lock-thing.ts': `import { thingFailure } from './thing.failures.ts'
export function lockThing() { throw thingFailure('THING_NOT_FOUND', 'thingId') }
export function fill(isFull: boolean) { throw thingFailure(isFull ? 'THING_FULL' : 'THING_ODD') }`,
  'things/thing.ts': `export { lockThing as lock } from './lock-thing.ts'`,
  'things/make-thing.ts': `import { things } from './thing.table.ts'
export const makeThing = (tx) => tx.insert(things).values({})`,
  'things/rename-thing.ts': `import { lock } from './thing.ts'
import { things } from './thing.table.ts'
export function renameThing(tx, name) { lock(); return tx.update(things).set({ name }) }`,
  'things/change-thing.ts': `import { things } from './thing.table.ts'
export const changeThing = (tx, changes) => tx.update(things).set(changes)`,
  'things/move-thing.ts': 'export const moveThing = (tx) => tx.client.query(`UPDATE things t SET box_id = $1 WHERE id = $2`)',
  'things/drop-thing.ts': `export function dropThing() { throw new AppError('CONFLICT', 'It is in use') }`,
  'things/thing.resolvers.ts': `import { fill } from './lock-thing.ts'
import { makeThing } from './make-thing.ts'
import { renameThing } from './rename-thing.ts'
import { changeThing } from './change-thing.ts'
import { moveThing } from './move-thing.ts'
import { dropThing } from './drop-thing.ts'
export const thingResolvers = { Mutation: { fillThing: () => fill(true), makeThing, renameThing, changeThing, moveThing, dropThing } }`,
}
for (const [file, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(root, 'src', file)), { recursive: true })
  writeFileSync(join(root, 'src', file), text)
}

const reached = reachCodes(root, new Set(readFailures(root).keys()))
const of = (mutation: string) => ({
  codes: [...reached.get(mutation)!.codes].sort(),
  possible: [...reached.get(mutation)!.possible].sort(),
})

it('a mutation can fail with the codes of what its code names, and with no other of their file', () => {
  expect(of('renameThing')).toEqual({ codes: ['THING_NAME_TAKEN', 'THING_NOT_FOUND'], possible: ['THING_TOO_LARGE'] })
  expect(of('fillThing')).toEqual({ codes: ['THING_FULL', 'THING_ODD'], possible: [] })
})

it('a mutation can fail with the codes of the constraints that its writes can violate', () => {
  expect(of('makeThing')).toEqual({ codes: ['BOX_NOT_FOUND', 'THING_NAME_TAKEN'], possible: ['THING_TOO_LARGE'] })
  expect(of('moveThing')).toEqual({ codes: ['BOX_NOT_FOUND'], possible: ['THING_TOO_LARGE'] })
  expect(of('changeThing')).toEqual({ codes: [], possible: ['BOX_NOT_FOUND', 'THING_NAME_TAKEN', 'THING_TOO_LARGE'] })
})

const broken = (mutation: string, values: string) =>
  brokenCodes(`type Mutation { ${mutation}: Int } enum ${mutation[0]!.toUpperCase()}${mutation.slice(1)}ErrorCode { ${values} }`, reached)

it('an enum has exactly the codes that its mutation can fail with', () => {
  expect(broken('renameThing', 'THING_NAME_TAKEN THING_NOT_FOUND BAD_USER_INPUT IDEMPOTENCY_KEY_REUSED')).toEqual([])
  expect(broken('changeThing', 'THING_NAME_TAKEN BAD_USER_INPUT'), 'a constraint that is possible may stand or not').toEqual([])
  expect(broken('renameThing', 'THING_NAME_TAKEN BAD_USER_INPUT')).toEqual([
    'RenameThingErrorCode lacks THING_NOT_FOUND, which renameThing can fail with',
  ])
  expect(broken('renameThing', 'THING_NAME_TAKEN THING_NOT_FOUND THING_FULL')).toEqual([
    'RenameThingErrorCode has THING_FULL, which renameThing never fails with',
  ])
})

it('a mutation without an enum, and a failure without a code, are refused', () => {
  expect(brokenCodes('type Mutation { makeThing: Int }', reached)).toEqual([expect.stringContaining('with MakeThingErrorCode')])
  expect(broken('dropThing', 'BAD_USER_INPUT')).toEqual([expect.stringMatching(/^dropThing fails without a code .*drop-thing\.ts/)])
})
