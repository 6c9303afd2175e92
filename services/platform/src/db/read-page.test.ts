import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import type { BaseContext } from '../serve/mutate.ts'
import { Cursors } from '../serve/page.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { id, tenantId } from './columns.ts'
import { withTenant } from './db.ts'
import { readFirst, readPage } from './read-page.ts'
import { insertRows } from './rows.ts'

const marks = pgTable(
  'marks',
  { tenantId: tenantId(), id: id(), ownerId: uuid('owner_id').notNull(), state: text().notNull(), rank: integer().notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)

let test: TestDatabase
const [tenant, other, ann, bob] = [newId(), newId(), newId(), newId()] as const
const ctx = () =>
  ({ db: test.db, viewer: { tenantId: tenant }, cursors: new Cursors('c'.repeat(32)) }) as unknown as BaseContext & { cursors: Cursors }

beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  await test.owner.query(
    'CREATE TABLE marks (tenant_id uuid, id uuid, owner_id uuid, state text, rank int, PRIMARY KEY (tenant_id, id)); GRANT ALL ON marks TO PUBLIC',
  )
  const rows = [ann, bob].flatMap((ownerId, no) =>
    ['ON', 'OFF', ''].map((state, at) => ({ id: newId(), ownerId, state, rank: no * 10 + at })),
  )
  for (const who of [tenant, other]) await withTenant(test.db, who, (tx) => insertRows(tx, marks, rows))
})
afterAll(() => test.drop())

it('the first rows of a list are those of the tenant, in order, as many as are requested', async () => {
  const ranks = async (limit: number, order: 'asc' | 'desc') =>
    (await readFirst(ctx(), limit, { table: marks, by: marks.rank, order })).map(({ rank }) => rank)
  expect(await ranks(2, 'asc')).toEqual([0, 1])
  expect(await ranks(100, 'desc')).toEqual([12, 11, 10, 2, 1, 0])
})

it('a page has the rows with the given values; null and undefined leave a field open, an empty text does not', async () => {
  const read = async (given: object) => {
    const { nodes, count } = await readPage(ctx(), { first: 10 }, { table: marks, by: marks.rank, given })
    expect(await count()).toBe(nodes.length)
    return nodes.map(({ rank }) => rank)
  }
  expect(await read({ ownerId: bob })).toEqual([10, 11, 12])
  expect(await read({ ownerId: ann, state: 'OFF' })).toEqual([1])
  expect(await read({ ownerId: null, state: undefined })).toHaveLength(6)
  expect(await read({ state: '' })).toEqual([2, 12])
})
