import { eq } from 'drizzle-orm'
import { bigint, date, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { bytes, moment, tenantId } from './columns.ts'
import { withTenant } from './db.ts'
import { insertRows, insertRowsReturning } from './rows.ts'

const things = pgTable(
  'things',
  {
    tenantId: tenantId(),
    thingKey: uuid().notNull(),
    part: text().notNull(),
    sealedText: bytes('sealed_text'),
    bornOn: date(),
    seenAt: moment('seen_at'),
    tagIds: uuid().array(),
    extra: jsonb().$type<{ a: string }>(),
    version: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.thingKey, t.part] })],
)

let test: TestDatabase
let tenant = ''
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  await test.owner.query(
    `CREATE TABLE things (tenant_id uuid, thing_key uuid, part text, sealed_text bytea, born_on date, seen_at timestamptz, tag_ids uuid[],
       extra jsonb, version bigint, PRIMARY KEY (tenant_id, thing_key, part)); GRANT ALL ON things TO PUBLIC`,
  )
})
beforeEach(() => void (tenant = newId()))
afterAll(() => test.drop())

const thingKey = newId()
const rowOf = (version: number, part = 'a') => ({
  thingKey,
  part,
  sealedText: Buffer.from([0, 255]),
  bornOn: '1999-12-31',
  seenAt: new Date('2026-01-01T00:00:00.123Z'),
  tagIds: [thingKey],
  extra: { a: '值' },
  version,
})
const stored = () => withTenant(test.db, tenant, (tx) => tx.select().from(things).where(eq(things.tenantId, tenant)))

it('rows that are inserted are returned as they are read, and stay as they are when they come again', async () => {
  const rows = [rowOf(2 ** 40), { ...rowOf(1, 'b'), sealedText: null, bornOn: null, seenAt: null, tagIds: null, extra: null }]
  const returned = await withTenant(test.db, tenant, (tx) => insertRowsReturning(tx, things, rows))
  expect(returned).toEqual(rows.map((row) => ({ tenantId: tenant, ...row })))
  expect(await withTenant(test.db, tenant, (tx) => insertRowsReturning(tx, things, [rowOf(1)]))).toEqual([])
  expect(new Set(await stored())).toEqual(new Set(returned))
  await expect(withTenant(test.db, tenant, (tx) => insertRows(tx, things, rows, { conflict: 'error' }))).rejects.toMatchObject({
    code: 'CONFLICT',
  })
})

it('of each key the newest row wins, within a call and against the table; of equals the last', async () => {
  const insert = (...rows: ReturnType<typeof rowOf>[]) =>
    withTenant(test.db, tenant, (tx) => insertRows(tx, things, rows, { newest: 'version' }))
  const versions = async () => (await stored()).map(({ part, version, extra }) => `${part}${version}${extra!.a}`).toSorted()
  await insert(rowOf(3), rowOf(5), rowOf(4), rowOf(1, 'b'))
  expect(await versions()).toEqual(['a5值', 'b1值'])
  await insert(rowOf(2), rowOf(2, 'b'))
  expect(await versions()).toEqual(['a5值', 'b2值'])
  await insert({ ...rowOf(5), extra: { a: 'first' } }, { ...rowOf(5), extra: { a: 'last' } })
  expect(await versions()).toEqual(['a5last', 'b2值'])
})

it('of equal values the next column decides, within a call and against the table, in any order of arrival', async () => {
  const rank = (no: number, text: string) => ({ ...rowOf(7, 'c'), sealedText: Buffer.from([no]), extra: { a: text } })
  const insert = (...rows: ReturnType<typeof rank>[]) =>
    withTenant(test.db, tenant, (tx) => insertRows(tx, things, rows, { newest: ['version', 'sealedText'] }))
  const kept = async () => (await stored()).filter(({ part }) => part === 'c').map(({ extra }) => extra!.a)
  await insert(rank(200, 'greater'), rank(3, 'less'))
  expect(await kept()).toEqual(['greater'])
  await insert(rank(3, 'less'))
  expect(await kept()).toEqual(['greater'])
  await insert(rank(200, 'again'))
  expect(await kept()).toEqual(['again'])
  await insert({ ...rank(1, 'newer'), version: 8 })
  expect(await kept()).toEqual(['newer'])
})
