import { eq } from 'drizzle-orm'
import { integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { tenantId } from './columns.ts'
import { countUpTo, MOST_COUNTED } from './count-up-to.ts'
import { withTenant } from './db.ts'

const stars = pgTable('stars', { tenantId: tenantId(), skyId: uuid('sky_id').notNull(), no: integer().notNull() }, (t) => [
  primaryKey({ columns: [t.tenantId, t.skyId, t.no] }),
])
const [tenant, other, small, large] = [newId(), newId(), newId(), newId()]

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  await test.owner.query(
    'CREATE TABLE stars (tenant_id uuid, sky_id uuid, no int, PRIMARY KEY (tenant_id, sky_id, no)); GRANT ALL ON stars TO PUBLIC',
  )
  const fill = 'INSERT INTO stars SELECT $1, $2, generate_series(1, $3::int)'
  await test.owner.query(fill, [tenant, small, 3])
  await test.owner.query(fill, [other, small, 5])
  await test.owner.query(fill, [tenant, large, MOST_COUNTED + 2])
})
afterAll(() => test.drop())

it('counts the rows of the tenant, and states that there are more than it counts', async () => {
  const countOf = (skyId: string) => withTenant(test.db, tenant, (tx) => countUpTo(tx, stars, eq(stars.skyId, skyId)))
  expect(await countOf(small)).toEqual({ count: 3, hasMore: false })
  expect(await countOf(newId())).toEqual({ count: 0, hasMore: false })
  expect(await countOf(large)).toEqual({ count: MOST_COUNTED, hasMore: true })
  await test.owner.query('DELETE FROM stars WHERE tenant_id = $1 AND no > $2', [tenant, MOST_COUNTED])
  expect(await countOf(large)).toEqual({ count: MOST_COUNTED, hasMore: false })
})
