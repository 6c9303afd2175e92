import { withTenant } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { queue } from '@renmai/platform/work/queue'
import type { Deps } from '../context.ts'
import { transitions } from './bulk-operation.states.ts'

const POLL_MS = 10 * 60_000
export const KEEP_DAYS = 7
const BATCH = 200
const IS_OVER = `parts > 0 AND (ended_at < now() - interval '${KEEP_DAYS} days' OR (ended_at < now() AND status IN ('FAILED', 'CANCELED')))`

/** Deletes complete files after a week, and incomplete ones immediately. Works in batches, tenant by tenant. */
export const expireFiles = queue('bulk_operations', (deps: Deps) => ({
  name: 'expire-bulk-files',
  due: [
    { waiting: 'parts > 0', at: `ended_at + interval '${KEEP_DAYS} days'`, by: 'ended_at' },
    { waiting: "parts > 0 AND status IN ('FAILED', 'CANCELED')", at: 'ended_at' },
  ],
  pollMs: POLL_MS,
  work: async (tenantId) => ((await expireBatch(deps, tenantId)) ? 1 : 0),
}))

const { expire } = transitions

/** @returns whether there is more to delete */
export function expireBatch({ db }: Pick<Deps, 'db'>, tenantId: string): Promise<boolean> {
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
      `UPDATE bulk_operations SET parts = 0, status = CASE WHEN ${mayGo(expire, 'status')} THEN '${expire.to}' ELSE status END WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id],
    )
    return true
  })
}
