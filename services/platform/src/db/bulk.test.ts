import { expect, it } from 'vitest'
import { COLUMNS, countersSeed, insert } from '../../test/counters-seed.ts'
import { newId } from '../serve/ids.ts'
import { withTenant } from './db.ts'

const seed = countersSeed()

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
  await seed.test.owner.query(`CREATE TABLE every_type (tenant_id uuid, ${shape.join(', ')}); GRANT ALL ON every_type TO PUBLIC`)
  const rows = await withTenant(seed.test.db, tenant, async (tx) => {
    await insert(tx, 'every_type', columns, [row, nothing])
    return (await tx.client.query(`SELECT ${Object.keys(columns).join(', ')}, e::text AS e FROM every_type`)).rows
  })
  expect(rows).toEqual([row, nothing])
})

it.each([
  { id: 'not an id', value: 1 },
  { id: '019b0000-0000-7000-8000-00000000000g', value: 1 },
  { id: '019B0000-0000-7000-8000-000000000000', value: 1 },
  { id: '019b0000-0000-7000-8000-00000000000人', value: 1 },
  { id: '019b0000-0000-7000-80-0-0000000000000', value: 1 },
  { id: '019b0000-0000-7000-80000-00000000000', value: 1 },
  { id: newId(), value: 2 ** 31 },
  { id: newId(), value: 1.5 },
])('a value that would become another one is refused: %o', async (row) => {
  const storing = withTenant(seed.test.db, newId(), (tx) => insert(tx, 'counters', COLUMNS, [row]))
  await expect(storing).rejects.toMatchObject({ code: 'INVALID' })
})
