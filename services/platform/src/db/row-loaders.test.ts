import { asc, desc, eq } from 'drizzle-orm'
import { integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import type { BaseContext } from '../serve/mutate.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { id, tenantId } from './columns.ts'
import { withTenant } from './db.ts'
import { insertRows } from './rows.ts'
import { rowsById, rowsOf, through } from './rows-by-id.ts'

const owners = pgTable(
  'owners',
  { tenantId: tenantId(), thingId: uuid('thing_id').notNull(), ownerId: uuid('owner_id').notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.thingId] })],
)
const marks = pgTable('marks', { tenantId: tenantId(), id: id(), thingId: uuid('thing_id').notNull(), rank: integer().notNull() }, (t) => [
  primaryKey({ columns: [t.tenantId, t.id] }),
])

let test: TestDatabase
const [tenant, other] = [newId(), newId()]
const [rich, poor, nobody, thing, second, last] = Array.from({ length: 6 }, newId) as [string, string, string, string, string, string]
const ctx = () => ({ db: test.db, viewer: { tenantId: tenant } }) as unknown as BaseContext
const mark = (thingId: string, rank: number) => ({ id: newId(), thingId, rank })

beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  await test.owner.query(
    `CREATE TABLE owners (tenant_id uuid, thing_id uuid, owner_id uuid, PRIMARY KEY (tenant_id, thing_id)); GRANT ALL ON owners TO PUBLIC;
     CREATE TABLE marks (tenant_id uuid, id uuid, thing_id uuid, rank int, PRIMARY KEY (tenant_id, id)); GRANT ALL ON marks TO PUBLIC`,
  )
  for (const [who, first] of [
    [tenant, 0],
    [other, 1_000],
  ] as const)
    await withTenant(test.db, who, async (tx) => {
      await insertRows(tx, owners, [
        { thingId: thing, ownerId: rich },
        { thingId: second, ownerId: rich },
        { thingId: last, ownerId: poor },
      ])
      const ofRich = Array.from({ length: 50 }, (_, no) => mark(no % 2 ? thing : second, first + no))
      await insertRows(tx, marks, [...ofRich, mark(last, first + 7)])
    })
})
afterAll(() => test.drop())

it('each parent has its first rows, whatever the others have, and of its own tenant only', async () => {
  const ofOwner = { table: owners, from: owners.ownerId, to: owners.thingId }
  const loader = rowsOf(ctx(), { table: marks, of: through(marks.thingId, ofOwner), order: desc(marks.rank), perParent: 3 })
  const found = await Promise.all([rich, poor, nobody].map((parent) => loader.load(parent)))
  expect(found.map((rows) => rows?.map(({ rank }) => rank))).toEqual([[49, 48, 47], [7], undefined])
  const ofThing = rowsOf(ctx(), { table: marks, of: (parent) => eq(marks.thingId, parent), order: asc(marks.rank), perParent: 2 })
  expect((await ofThing.load(thing))?.map(({ rank, tenantId: whose }) => [rank, whose])).toEqual([
    [1, tenant],
    [3, tenant],
  ])
})

it('a row is found by its id or by another field, where the condition holds', async () => {
  expect(await rowsById(ctx(), owners, { by: 'thingId' }).load(last)).toEqual({ tenantId: tenant, thingId: last, ownerId: poor })
  expect(await rowsById(ctx(), owners, { by: 'thingId', where: eq(owners.ownerId, rich) }).load(last)).toBeUndefined()
})
