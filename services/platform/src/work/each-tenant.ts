import type { Db } from '../db/db.ts'
import type { Log } from '../serve/log.ts'
import { failures } from './metrics.ts'

/**
 * Does the work of a leader for every known tenant, one after the other, in random order. A failure for one is logged
 * and counted, and the others follow.
 */
export async function eachTenant(
  { relayDb, log }: { relayDb: Db; log: Log },
  name: string,
  work: (tenantId: string) => Promise<unknown>,
): Promise<void> {
  const { rows } = await relayDb.pool.query<{ tenant_id: string }>('SELECT tenant_id FROM known_tenants ORDER BY random()')
  for (const { tenant_id: tenantId } of rows) {
    await work(tenantId).catch((error) => {
      failures.add(1, { queue: name })
      log.error({ err: error, queue: name, tenant: tenantId }, 'work for a tenant failed; the others go on')
    })
  }
}
