import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { withTenant } from './db.ts'
import { prepared } from './prepared.ts'
import { together } from './together.ts'

let test: TestDatabase
beforeAll(async () => void (test = await testDatabase(inject('postgresUrl'), counters)))
afterAll(() => test.drop())

it('is parsed once by a connection, also when it is sent again before its first answer', async () => {
  const [one, other] = ['SELECT $1::int + 1 AS n', 'SELECT $1::int + 2 AS n']
  await withTenant(test.db, newId(), async ({ client, ...tx }) => {
    const sum = async (text: string, no: number) => (await client.query<{ n: number }>(prepared(text, [no]))).rows[0]!.n
    expect(await together({ ...tx, client }, () => [sum(one, 1), sum(one, 2), sum(other, 3)])).toEqual([2, 3, 5])
    expect(await sum(one, 4)).toBe(5)
    const { rows } = await client.query('SELECT statement FROM pg_prepared_statements WHERE statement = ANY($1)', [[one, other]])
    expect(rows).toHaveLength(2)
  })
})
