import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { withTenant } from '../db/db.ts'
import { rememberTenant } from '../db/tenants.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { serveMetrics } from '../serve/serve-metrics.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { maintainQuarantine } from './maintain-quarantine.ts'
import { watchedBy } from './quarantine.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(() => test.drop())

it('what waits is counted over all tenants, and rows from before are added, by the leader', async () => {
  const [tenant, other] = [newId(), newId()]
  for (const tenantId of [tenant, other])
    await withTenant(test.db, tenantId, async (tx) => {
      await rememberTenant(tx, { tenantId, zone: 'Asia/Shanghai', currency: 'CNY' })
      await tx.client.query(
        "INSERT INTO jobs (tenant_id, id, next_at, problem, parked_at) VALUES ($1, $2, NULL, 'NOT_FOUND: gone', now())",
        [tenantId, newId()],
      )
    })
  await test.owner.query('DELETE FROM quarantined_items WHERE tenant_id = $1', [other])
  const metrics = (await serveMetrics('127.0.0.1', 0))!
  const deps = { ...test, log: createLog('test', 'silent'), service: 'counters', keepDays: 90, kinds: watchedBy(counters) }
  const maintaining = maintainQuarantine(deps, () => true)
  const count = async () => /renmai_quarantine_waiting\{(.*service="counters".*)\} (\d+)/.exec(await (await fetch(metrics.url)).text())
  try {
    await eventually(async () => expect((await count())?.[2]).toBe('1'))
    expect((await count())?.[1]).toMatch(/kind="WORK".*reason="NOT_FOUND"/)
    await eventually(async () => expect((await test.owner.query('SELECT 1 FROM quarantined_items')).rowCount).toBe(2))
    maintaining.wake()
    await eventually(async () => expect((await count())?.[2]).toBe('2'))
    await test.owner.query('DELETE FROM jobs')
    maintaining.wake()
    await eventually(async () => expect((await count())?.[2]).toBe('0'))
  } finally {
    await maintaining.stop()
    await metrics.stop()
  }
})
