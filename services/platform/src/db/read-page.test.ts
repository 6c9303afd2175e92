import { sql } from 'drizzle-orm'
import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import type { BaseContext } from '../serve/mutate.ts'
import { Cursors } from '../serve/page.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { id, moment, tenantId } from './columns.ts'
import { withTenant } from './db.ts'
import { type ListArgs, pagesOf, readFirst, readPage } from './read-page.ts'
import { insertRows } from './rows.ts'

const marks = pgTable(
  'marks',
  {
    tenantId: tenantId(),
    id: id(),
    ownerId: uuid('owner_id').notNull(),
    state: text().notNull(),
    rank: integer().notNull(),
    doneAt: moment('done_at'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)

let test: TestDatabase
const [tenant, other, ann, bob] = [newId(), newId(), newId(), newId()] as const
const ctx = () =>
  ({ db: test.db, viewer: { tenantId: tenant }, cursors: new Cursors('c'.repeat(32)) }) as unknown as BaseContext & { cursors: Cursors }

beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  await test.owner.query(
    'CREATE TABLE marks (tenant_id uuid, id uuid, owner_id uuid, state text, rank int, done_at timestamptz, PRIMARY KEY (tenant_id, id)); GRANT ALL ON marks TO PUBLIC',
  )
  const rows = [ann, bob].flatMap((ownerId, no) =>
    ['ON', 'OFF', ''].map((state, at) => ({ id: newId(), ownerId, state, rank: no * 10 + at, doneAt: null })),
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

it('a page follows the order that the caller chooses, forward and backward, and equal values keep the list’s own order', async () => {
  const list = { table: marks, by: marks.rank, orders: { STATE: marks.state } }
  const ranks = (rows: { rank: number }[]) => rows.map(({ rank }) => rank)
  for (const [field, direction, wanted] of [
    ['STATE', 'ASC', [2, 12, 1, 11, 0, 10]],
    ['STATE', 'DESC', [10, 0, 11, 1, 12, 2]],
    ['RANK', 'DESC', [12, 11, 10, 2, 1, 0]],
  ] as const) {
    const orderBy = { field, direction }
    const first = await readPage(ctx(), { first: 3, orderBy }, list)
    const second = await readPage(ctx(), { first: 3, after: first.pageInfo.endCursor, orderBy }, list)
    expect([...ranks(first.nodes), ...ranks(second.nodes)], `${field} ${direction}`).toEqual(wanted)
    const back = await readPage(ctx(), { last: 2, before: second.pageInfo.startCursor, orderBy }, list)
    expect(ranks(back.nodes), `${field} ${direction} backward`).toEqual(wanted.slice(1, 3))
    const others = [{ after: first.pageInfo.endCursor }, { after: first.pageInfo.endCursor, orderBy: { field: 'RANK' } }]
    const earlier = ctx().cursors.connection(
      [
        { node: 1, key: newId() },
        { node: 2, key: 7 },
      ],
      { limit: 2, from: undefined, isBackward: false },
      tenant,
      async () => ({ count: 2, isEstimate: false }),
    )
    others.push(...earlier.edges.map(({ cursor: after }) => ({ after, orderBy })))
    for (const other of others) await expect(readPage(ctx(), other, list)).rejects.toThrow('not a cursor of this list in this order')
  }
})

describe('an order by a column that may be null', () => {
  const who = newId()
  const reading = () => ({ ...ctx(), viewer: { tenantId: who } }) as ReturnType<typeof ctx>
  const list = { table: marks, by: marks.rank, orders: { DONE_AT: marks.doneAt } }
  /** Two times, each twice, and three rows without one. */
  const times = ['02', null, '01', '02', null, '01', null]
  beforeAll(() =>
    withTenant(test.db, who, (tx) =>
      insertRows(
        tx,
        marks,
        times.map((day, rank) => ({
          id: newId(),
          ownerId: ann,
          state: '',
          rank,
          doneAt: day ? new Date(`2026-01-${day}T00:00:00Z`) : null,
        })),
      ),
    ),
  )

  const readList = (args: ListArgs) => readPage(reading(), args, list)
  const readOwned = (args: ListArgs) =>
    pagesOf(
      reading(),
      (owner) => sql`${marks.ownerId} = ${owner}`,
      () => list,
    )(ann, args)

  it.each([
    ['ASC', [2, 5, 0, 3, 1, 4, 6], readList],
    ['DESC', [3, 0, 5, 2, 6, 4, 1], readList],
    ['ASC', [2, 5, 0, 3, 1, 4, 6], readOwned],
    ['DESC', [3, 0, 5, 2, 6, 4, 1], readOwned],
  ] as const)('has rows without a value last, and each page of any size begins after its cursor: %s', async (direction, wanted, read) => {
    const orderBy = { field: 'DONE_AT', direction }
    for (let size = 1; size <= times.length + 1; size++) {
      for (const isBackward of [false, true]) {
        const seen: number[] = []
        let cursor: string | null = null
        do {
          const page: Awaited<ReturnType<typeof read>> = await read({
            orderBy,
            ...(isBackward ? { last: size, before: cursor } : { first: size, after: cursor }),
          })
          const ranks = page.nodes.map(({ rank }) => rank)
          if (isBackward) seen.unshift(...ranks)
          else seen.push(...ranks)
          const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo
          cursor = isBackward ? (hasPreviousPage ? startCursor : null) : hasNextPage ? endCursor : null
        } while (cursor)
        expect(seen, `${size} ${isBackward ? 'backward' : 'forward'}`).toEqual(wanted)
      }
    }
  })
})

it('the pages of several parents come in one statement, as many rows of each as a page has, with their own totals', async () => {
  const transactions = vi.spyOn(test.db.pool, 'connect')
  const pages = pagesOf(
    ctx(),
    (owner) => sql`${marks.ownerId} = ${owner}`,
    (args: ListArgs & { state?: string }) => ({
      table: marks,
      by: marks.rank,
      given: { state: args.state },
    }),
  )
  const [ofAnn, ofBob, ofNobody] = await Promise.all([ann, bob, newId()].map((owner) => pages(owner, { first: 2 })))
  expect([ofAnn, ofBob, ofNobody].map((page) => page!.nodes.map(({ rank }) => rank))).toEqual([[0, 1], [10, 11], []])
  expect([ofAnn, ofBob, ofNobody].map((page) => page!.pageInfo.hasNextPage)).toEqual([true, true, false])
  expect(transactions).toHaveBeenCalledTimes(1)
  const totals = await Promise.all([ofAnn, ofBob, ofNobody].map((page) => page!.count()))
  expect(totals.map(({ count }) => count)).toEqual([3, 3, 0])
  expect(transactions).toHaveBeenCalledTimes(2)
  transactions.mockRestore()
  const rest = await pages(ann, { first: 2, after: ofAnn!.pageInfo.endCursor })
  expect(rest.nodes.map(({ rank }) => rank)).toEqual([2])
  expect((await pages(bob, { first: 2, state: 'OFF' })).nodes.map(({ rank }) => rank)).toEqual([11])
})

it('the total of a long list is marked as an estimate', async () => {
  const [many, few] = [newId(), newId()]
  const rows = (count: number) =>
    Array.from({ length: count }, (_, rank) => ({ id: newId(), ownerId: ann, state: 'ON', rank, doneAt: null }))
  await withTenant(test.db, many, (tx) => insertRows(tx, marks, rows(10_001)))
  await withTenant(test.db, few, (tx) => insertRows(tx, marks, rows(10_000)))
  const total = async (tenantId: string) =>
    (await readPage({ ...ctx(), viewer: { tenantId } } as ReturnType<typeof ctx>, { first: 1 }, { table: marks, by: marks.id })).count()
  expect(await total(few)).toEqual({ count: 10_000, isEstimate: false })
  expect(await total(many)).toEqual({ count: expect.any(Number), isEstimate: true })
  expect((await total(many)).count).toBeGreaterThan(10_000)
})

it('a page has the rows with the given values; null and undefined leave a field open, an empty text does not', async () => {
  const read = async (given: object) => {
    const { nodes, count } = await readPage(ctx(), { first: 10 }, { table: marks, by: marks.rank, given })
    expect(await count()).toEqual({ count: nodes.length, isEstimate: false })
    return nodes.map(({ rank }) => rank)
  }
  expect(await read({ ownerId: bob })).toEqual([10, 11, 12])
  expect(await read({ ownerId: ann, state: 'OFF' })).toEqual([1])
  expect(await read({ ownerId: null, state: undefined })).toHaveLength(6)
  expect(await read({ state: '' })).toEqual([2, 12])
})
