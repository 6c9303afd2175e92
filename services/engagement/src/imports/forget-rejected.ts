import { withTenant } from '@renmai/platform/db/db'
import { queue } from '@renmai/platform/work/queue'
import type { Deps } from '../context.ts'

const HOUR_MS = 3_600_000
/** Long enough to correct a file and send it again. */
export const KEEP_REJECTED_DAYS = 14
const BATCH = 1_000

/** When the fields of a rejected row are deleted. */
export const forgottenAt = (createdAt: Date): Date => new Date(createdAt.getTime() + KEEP_REJECTED_DAYS * 24 * HOUR_MS)

/** The place that the sealed fields of a rejected row are bound to. */
export const rejectedPlace = (importId: string, row: number) => `import_errors.fields|${importId}|${row}`

/** Deletes the fields of rejected rows after two weeks. The row's number and the reason stay. */
export const forgetRejected = queue('import_errors', (deps: Deps) => ({
  name: 'forget-rejected',
  due: [{ waiting: 'fields IS NOT NULL', at: `created_at + interval '${KEEP_REJECTED_DAYS} days'`, by: 'created_at' }],
  pollMs: HOUR_MS,
  work: (tenantId) => forgetFields(deps, tenantId),
}))

/** @returns number of rows whose fields were deleted, at most a batch */
function forgetFields({ db }: Pick<Deps, 'db'>, tenantId: string): Promise<number> {
  return withTenant(db, tenantId, async (tx) => {
    const { rowCount } = await tx.client.query(
      `UPDATE import_errors SET fields = NULL WHERE tenant_id = $1 AND (import_id, row) IN (
         SELECT import_id, row FROM import_errors
         WHERE tenant_id = $1 AND fields IS NOT NULL AND created_at < now() - interval '${KEEP_REJECTED_DAYS} days'
         ORDER BY created_at LIMIT ${BATCH})`,
      [tenantId],
    )
    return rowCount ?? 0
  })
}
