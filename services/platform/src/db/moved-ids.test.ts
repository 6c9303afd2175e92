import { eq, sql } from 'drizzle-orm'
import { bigint, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import type { BaseContext } from '../serve/mutate.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { id, tenantId } from './columns.ts'
import { withTenant } from './db.ts'
import { followed, follower, partsOf, versionOfMove } from './moved-ids.ts'
import { insertRows } from './rows.ts'

const moves = pgTable(
  'moves',
  { tenantId: tenantId(), id: id(), movedTo: uuid('moved_to'), version: bigint({ mode: 'number' }).notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)
const moved = { table: moves, from: moves.id, to: moves.movedTo }

let test: TestDatabase
const [tenant, other] = [newId(), newId()]
const [a, b, c, apart, left, right] = Array.from({ length: 6 }, newId) as [string, string, string, string, string, string]
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  await test.owner.query(
    'CREATE TABLE moves (tenant_id uuid, id uuid, moved_to uuid, version bigint, PRIMARY KEY (tenant_id, id)); GRANT ALL ON moves TO PUBLIC',
  )
  const move = (from: string, to: string | null) => ({ id: from, movedTo: to, version: 1 })
  // a and b are part of c; apart was part of c once; left and right name each other.
  await withTenant(test.db, tenant, (tx) =>
    insertRows(tx, moves, [move(a, b), move(b, c), move(apart, null), move(left, right), move(right, left)]),
  )
  await withTenant(test.db, other, (tx) => insertRows(tx, moves, [move(c, apart), move(apart, a)]))
})
afterAll(() => test.drop())

const ctx = () => ({ db: test.db, viewer: { tenantId: tenant } }) as unknown as BaseContext

describe('ids that became part of others', () => {
  it('lead to the object that they are part of now, of the same tenant, in one statement', async () => {
    const follow = follower(ctx(), moved)
    const unknown = newId()
    expect(await Promise.all([a, b, c, apart, unknown].map(follow))).toEqual([c, c, c, apart, unknown])
  })

  it('that lead in a circle for a moment stand for themselves', async () =>
    expect(await Promise.all([left, right].map(follower(ctx(), moved)))).toEqual([left, right]))

  it('are found as parts of the object, over any number of moves', async () => {
    const parts = async (of: string) => {
      const { rows } = await withTenant(test.db, tenant, (tx) => tx.execute<{ id: string }>(partsOf(moved, sql`${of}::uuid`)))
      return new Set(rows.map((row) => row.id))
    }
    expect(await parts(c)).toEqual(new Set([a, b, c]))
    expect(await parts(a)).toEqual(new Set([a]))
    expect(await parts(left)).toEqual(new Set([left, right]))
  })

  it('can be compared with a column', async () => {
    const rows = await withTenant(test.db, tenant, (tx) =>
      tx
        .select()
        .from(moves)
        .where(eq(moves.movedTo, followed(moved, sql`${a}::uuid`))),
    )
    expect(rows.map((row) => row.id)).toEqual([b])
  })
})

it('a move of an earlier release is older than all with a version, and in the order of its own', () => {
  const [first, second] = ['019a0000-0000-7000-8000-000000000000', '019a0000-0001-7000-8000-000000000000']
  const versions = [versionOfMove(0n, first), versionOfMove(0n, second), versionOfMove(1n, first), versionOfMove(2n, first)]
  expect(versions).toEqual(versions.toSorted((x, y) => x - y))
  expect(new Set(versions).size).toBe(4)
})
