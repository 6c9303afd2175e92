import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { withTenant } from '../db/db.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { serveMetrics } from '../serve/serve-metrics.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { countParked } from './count-parked.ts'
import { LEASED } from './leased.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(() => test.drop())

it('parked rows are counted over all tenants, by queue', async () => {
  for (const tenantId of [newId(), newId()])
    await withTenant(test.db, tenantId, (tx) =>
      tx.client.query('INSERT INTO jobs (tenant_id, id, parked_at) VALUES ($1, $2, now()), ($1, $3, NULL)', [tenantId, newId(), newId()]),
    )
  const metrics = (await serveMetrics('127.0.0.1', 0))!
  const queue = { name: 'try-jobs', table: 'jobs', due: [LEASED], parks: true, work: async () => 0 }
  const counting = countParked({ ...test, log: createLog('test', 'silent') }, [queue])
  try {
    await eventually(async () => expect(await (await fetch(metrics.url)).text()).toMatch(/renmai_queue_parked\{.*queue="try-jobs".*\} 2\b/))
  } finally {
    await counting.stop()
    await metrics.stop()
  }
})
