import { type Db, withTenant } from '../db/db.ts'
import type { Log } from '../serve/log.ts'
import { eachTenant } from '../work/each-tenant.ts'
import { type Loop, loop } from '../work/loop.ts'

const HOUR_MS = 3_600_000
const KEEP_HOURS = 72
const BATCH = 1_000

/** Deletes the stored answers to commands after 72 hours: no client repeats a call that late. It works in batches, tenant by tenant. */
export function forgetKeys(db: Db, relayDb: Db, log: Log, isLeader: () => boolean): Loop {
  return loop('forget-keys', log, { pollMs: HOUR_MS }, async () => {
    if (!isLeader()) return 0
    await eachTenant({ relayDb, log }, 'forget-keys', async (tenantId) => {
      while ((await forgetBatch(db, tenantId)) === BATCH);
    })
    return 0
  })
}

export function forgetBatch(db: Db, tenantId: string): Promise<number> {
  return withTenant(db, tenantId, async (tx) => {
    const { rowCount } = await tx.client.query(
      `DELETE FROM idempotency_keys WHERE (tenant_id, command, key) IN (
         SELECT tenant_id, command, key FROM idempotency_keys
         WHERE tenant_id = $1 AND created_at < now() - interval '${KEEP_HOURS} hours' LIMIT ${BATCH})`,
      [tenantId],
    )
    return rowCount ?? 0
  })
}
