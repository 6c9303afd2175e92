import { withTenant } from '@renmai/platform/db'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import type { Worker } from '../context.ts'

const HOUR_MS = 3_600_000
const KEEP_DAYS = 30
const BATCH = 1_000

/** Forgets the log of deliveries after 30 days, what still waits too: nobody retries that long. In batches, tenant by tenant. */
export function forgetDeliveries({ db, relayDb, bus }: Worker): Loop {
  return loop('forget-deliveries', bus.log, { pollMs: HOUR_MS }, async () => {
    for (const tenantId of await tenantsWithWork(relayDb, 'webhook_deliveries', 'true')) {
      while ((await forgetOld({ db }, tenantId)) === BATCH);
    }
    return 0
  })
}

/** @returns how many were forgotten, at most a batch */
export function forgetOld({ db }: Pick<Worker, 'db'>, tenantId: string): Promise<number> {
  return withTenant(db, tenantId, async (tx) => {
    const { rowCount } = await tx.client.query(
      `DELETE FROM webhook_deliveries WHERE (tenant_id, id) IN (
         SELECT tenant_id, id FROM (SELECT tenant_id, id, created_at FROM webhook_deliveries WHERE tenant_id = $1 ORDER BY id LIMIT ${BATCH}) oldest
         WHERE created_at < now() - interval '${KEEP_DAYS} days')`,
      [tenantId],
    )
    return rowCount ?? 0
  })
}
