import { pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { id, tenantId } from './columns.ts'
import { withTenant } from './db.ts'
import { anyOf, before, type Conditions, contains, equals, from, isIdOf, isMissing, isPresent, matching } from './filters.ts'
import { insertRows } from './rows.ts'

const things = pgTable(
  'things',
  { tenantId: tenantId(), id: id(), ownerId: uuid('owner_id'), name: text().notNull(), at: timestamp({ withTimezone: true }) },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)

type Filter = {
  ownerId?: string | null
  name?: string | null
  names?: string[] | null
  nameContains?: string | null
  atFrom?: string | null
  atBefore?: Date | null
  isDone?: boolean | null
  isFree?: boolean | null
}
const CONDITIONS: Conditions<Filter> = {
  ownerId: isIdOf(things.ownerId),
  name: equals(things.name),
  names: anyOf(things.name),
  nameContains: contains(things.name),
  atFrom: from(things.at),
  atBefore: before(things.at),
  isDone: isPresent(things.at),
  isFree: isMissing(things.ownerId),
}

let test: TestDatabase
const [tenant, ann] = [newId(), newId()]
const NAMES = ['100% sure', '100 sure', 'a_b', 'aXb', String.raw`c:\dir`, 'c:dir', 'GOLD card', 'ＧＯＬＤ卡', '５０％', 'Straße']
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  await test.owner.query(
    'CREATE TABLE things (tenant_id uuid, id uuid, owner_id uuid, name text, at timestamptz, PRIMARY KEY (tenant_id, id)); GRANT ALL ON things TO PUBLIC',
  )
  const rows = NAMES.map((name, no) => ({
    id: newId(),
    ownerId: no < 2 ? ann : null,
    name,
    at: no < 3 ? new Date(`2026-01-0${no + 1}T00:00:00Z`) : null,
  }))
  await withTenant(test.db, tenant, (tx) => insertRows(tx, things, rows))
})
afterAll(() => test.drop())

const find = async (filter: Filter | null, defaults?: Partial<Filter>): Promise<string[]> => {
  const rows = await withTenant(test.db, tenant, (tx) =>
    tx
      .select()
      .from(things)
      .where(matching(CONDITIONS, filter, defaults)),
  )
  const found = rows.map(({ name }) => name)
  return NAMES.filter((name) => found.includes(name))
}

it.each([
  ['0%', ['100% sure', '５０％']],
  ['％', ['100% sure', '５０％']],
  ['a_b', ['a_b']],
  [String.raw`:\d`, [String.raw`c:\dir`]],
  ['gold', ['GOLD card', 'ＧＯＬＤ卡']],
  ['ｇｏｌｄ', ['GOLD card', 'ＧＯＬＤ卡']],
  ['50', ['５０％']],
  ['STRAß', ['Straße']],
  ["'; DROP", []],
])('a part of a text is found as it is, whatever its case and width: %s', async (nameContains, wanted) =>
  expect(await find({ nameContains })).toEqual(wanted),
)

it('all fields that are given hold together; null and a field that is left out restrict nothing', async () => {
  expect(await find(null)).toEqual(NAMES)
  expect(await find({ nameContains: null, names: null, isDone: null })).toEqual(NAMES)
  expect(await find({ ownerId: ann })).toEqual(NAMES.slice(0, 2))
  expect(await find({ atFrom: '2026-01-02T00:00:00Z', atBefore: new Date('2026-01-03T00:00:00Z') })).toEqual(['100 sure'])
  expect(await find({ names: ['aXb', 'a_b', 'a_b'], isDone: true })).toEqual(['a_b'])
  expect(await find({ names: [] })).toEqual([])
  expect(await find({ name: '' })).toEqual([])
  expect(await find({ isDone: false, isFree: false })).toEqual([])
  expect(await find({ isFree: true }, { isDone: true })).toEqual(['a_b'])
  expect(await find({ isFree: true, isDone: false }, { isDone: true })).toHaveLength(7)
})

it.each([
  ['ownerId', 'x'],
  ['name', '\u0000'],
  ['name', 'x'.repeat(1_001)],
  ['names', Array.from({ length: 101 }, String)],
  ['names', ['\ud800']],
  ['nameContains', 'x'.repeat(101)],
  ['atFrom', 'never'],
  ['atBefore', new Date(8.64e15)],
])('a value that cannot be used is refused by the name of its field: %s', async (field, value) => {
  await expect(find({ [field]: value })).rejects.toMatchObject({ code: 'INVALID', fields: { [`filter.${field}`]: expect.any(String) } })
})

it.each([
  ['2026-01-03T00:00:00Z', new Date('2026-01-02T00:00:00Z')],
  [new Date('2026-01-03T00:00:00Z'), '2026-01-02T00:00:00Z'],
  [new Date('2026-01-03T00:00:00Z'), new Date('2026-01-02T23:59:59.999Z')],
  ['2026-01-03', '2026-01-02'],
] as [string | Date, string | Date][])(
  'a span that ends before it starts is refused by the name of its end: %s to %s',
  async (atFrom, atBefore) => {
    await expect(find({ atFrom, atBefore } as never)).rejects.toMatchObject({
      code: 'INVALID',
      fields: { 'filter.atBefore': 'must not lie before filter.atFrom' },
    })
  },
)

it('a span of no length is empty, and no error', async () => {
  expect(await find({ atFrom: '2026-01-02T00:00:00Z', atBefore: new Date('2026-01-02T00:00:00Z') })).toEqual([])
})
