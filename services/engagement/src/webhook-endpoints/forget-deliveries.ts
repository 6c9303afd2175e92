import { withTenant } from '@renmai/platform/db/db'
import { queue } from '@renmai/platform/work/queue'
import type { Deps } from '../context.ts'

const HOUR_MS = 3_600_000
const KEEP_DAYS = 30
const BATCH = 1_000

/** Deletes deliveries after 30 days, also waiting ones: no retry takes that long. Ids sort by their time. */
export const forgetDeliveries = queue('webhook_deliveries', (deps: Deps) => ({
  name: 'forget-deliveries',
  due: [{ waiting: 'true', at: `created_at + interval '${KEEP_DAYS} days'`, by: 'id' }],
  pollMs: HOUR_MS,
  work: (tenantId) => forgetOld(deps, tenantId),
}))

/** @returns number of deleted deliveries, at most a batch */
export function forgetOld({ db }: Pick<Deps, 'db'>, tenantId: string): Promise<number> {
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
