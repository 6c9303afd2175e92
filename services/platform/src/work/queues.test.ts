import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { analyzeNew } from '../db/analyze-new.ts'
import { type ColumnType, insertColumns } from '../db/bulk.ts'
import { type Tx, withTenant } from '../db/db.ts'
import { groupWrites } from '../db/group-writes.ts'
import { pause } from '../serve/clock.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { findWork } from './find-work.ts'
import type { Due } from './queue.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(() => test.drop())

const COLUMNS = { id: 'uuid', value: 'int4' } as const
const insert = (tx: Tx, table: string, columns: Record<string, ColumnType>, rows: readonly Record<string, unknown>[]) =>
  insertColumns(
    tx,
    table,
    Object.entries(columns).map(([name, type]) => [name, type, name] as const),
    rows,
  )
const store = (tenantId: string, ...values: number[]) =>
  withTenant(test.db, tenantId, (tx) =>
    insert(
      tx,
      'counters',
      COLUMNS,
      values.map((value) => ({ id: newId(), value })),
    ),
  )

it('finds every tenant that has work, with when its first piece is due, and nobody else', async () => {
  const [one, two, three, four] = Array.from({ length: 4 }, newId).toSorted()
  await store(one!, 1, 5, 5)
  await store(two!, 1)
  await store(three!, 1, 9)
  await store(four!, 7, 5)
  const at = (value: number) => ({ waiting: `value = ${value}`, at: `now() + (value - 6) * interval '1 second'`, by: 'value' })
  const find = async (...due: Due[]) =>
    (await findWork(test.relayDb, { table: 'counters', due })).map(({ tenantId, inMs }) => [tenantId, Math.round(inMs)])
  expect(await find(at(5))).toEqual([
    [one, -1_000],
    [four, -1_000],
  ])
  expect(await find(at(5), at(9))).toEqual([
    [one, -1_000],
    [three, 3_000],
    [four, -1_000],
  ])
  expect(await find(at(100))).toEqual([])
})

it('a table that fills up is known to the planner within seconds, and each only once', async () => {
  const analyzed = async () =>
    (await test.owner.query<{ n: number }>("SELECT analyze_count::int AS n FROM pg_stat_user_tables WHERE relname = 'counters'")).rows[0]!.n
  expect(await analyzed()).toBe(0)
  await store(newId(), ...Array.from({ length: 2_000 }, () => 1))
  const running = analyzeNew(test.relayDb, createLog('test', 'silent'), () => true)
  // A connection tells what it changed within ten seconds of being idle.
  await eventually(async () => expect(await analyzed()).toBe(1))
  await pause(3_000)
  expect(await analyzed()).toBe(1)
  await running.stop()
})

it('writes together what comes while a write is under way, and answers each caller', async () => {
  const groups: number[][] = []
  const double = groupWrites(async (items: readonly number[]) => {
    groups.push([...items])
    await pause(20)
    return items.map((item) => item * 2)
  })
  const first = double(1)
  await pause(10)
  expect(await Promise.all([first, double(2), double(3), double(4)])).toEqual([2, 4, 6, 8])
  expect(groups).toEqual([[1], [2, 3, 4]])
})

it('a write that fails tells all of its callers, and the next one works', async () => {
  let fails = true
  const write = groupWrites((items: readonly number[]) => (fails ? Promise.reject(new Error('full')) : Promise.resolve([...items])))
  expect((await Promise.allSettled([write(1), write(2)])).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  fails = false
  expect(await write(3)).toBe(3)
})

it('rows come back as they were written, in every type', async () => {
  const tenant = newId()
  const columns = {
    a: 'uuid',
    b: 'text',
    c: 'bytea',
    d: 'timestamptz',
    e: 'date',
    f: 'int8',
    g: 'int4',
    h: 'float8',
    i: 'boolean',
    j: 'jsonb',
    k: 'text[]',
    l: 'uuid[]',
  } as const
  const [id, other] = [newId(), newId()]
  const row = {
    a: id,
    b: '人脉 "quoted" \\ 👩‍👧',
    c: Buffer.from([0, 255, 7]),
    d: new Date('1969-12-31T23:59:59.123Z'),
    e: '1999-12-31',
    f: -(2 ** 53) + 1,
    g: -(2 ** 31) + 1,
    h: 0.1,
    i: true,
    j: { nested: ['值', null] },
    k: ['a', '', '"b"'],
    l: [id, other],
  }
  const nothing = Object.fromEntries(Object.keys(columns).map((name) => [name, null]))
  const shape = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
  await test.owner.query(`CREATE TABLE every_type (tenant_id uuid, ${shape.join(', ')}); GRANT ALL ON every_type TO PUBLIC`)
  const rows = await withTenant(test.db, tenant, async (tx) => {
    await insert(tx, 'every_type', columns, [row, nothing])
    return (await tx.client.query(`SELECT ${Object.keys(columns).join(', ')}, e::text AS e FROM every_type`)).rows
  })
  expect(rows).toEqual([row, nothing])
})

it.each([
  { id: 'not an id', value: 1 },
  { id: newId(), value: 2 ** 31 },
  { id: newId(), value: 1.5 },
])('a value that would become another one is refused: %o', async (row) => {
  const storing = withTenant(test.db, newId(), (tx) => insert(tx, 'counters', COLUMNS, [row]))
  await expect(storing).rejects.toMatchObject({ code: 'INVALID' })
})
