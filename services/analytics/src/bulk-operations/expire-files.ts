import { withTenant } from '@renmai/platform/db'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import type { Worker } from '../context.ts'

const POLL_MS = 10 * 60_000
export const KEEP_DAYS = 7
const BATCH = 200
const IS_OVER = `parts > 0 AND (ended_at < now() - interval '${KEEP_DAYS} days' OR (ended_at < now() AND status IN ('FAILED', 'CANCELED')))`

/** Deletes files a week after they are complete, and what there is of others at once. In batches, tenant by tenant. */
export function expireFiles({ db, relayDb, bus }: Worker): Loop {
  return loop('expire-bulk-files', bus.log, { pollMs: POLL_MS }, async () => {
    for (const tenantId of await tenantsWithWork(relayDb, 'bulk_operations', IS_OVER)) while (await expireBatch({ db }, tenantId));
    return 0
  })
}

/** @returns whether there is more to delete */
export function expireBatch({ db }: Pick<Worker, 'db'>, tenantId: string): Promise<boolean> {
  return withTenant(db, tenantId, async (tx) => {
    const { rows } = await tx.client.query<{ id: string }>(`SELECT id FROM bulk_operations WHERE tenant_id = $1 AND ${IS_OVER} LIMIT 1`, [
      tenantId,
    ])
    const id = rows[0]?.id
    if (!id) return false
    const deleted = await tx.client.query(
      `DELETE FROM bulk_parts WHERE (tenant_id, operation_id, part) IN (
         SELECT tenant_id, operation_id, part FROM bulk_parts WHERE tenant_id = $1 AND operation_id = $2 LIMIT ${BATCH})`,
      [tenantId, id],
    )
    if (deleted.rowCount === BATCH) return true
    await tx.client.query(
      `UPDATE bulk_operations SET parts = 0, status = CASE WHEN status = 'COMPLETED' THEN 'EXPIRED' ELSE status END WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id],
    )
    return true
  })
}
