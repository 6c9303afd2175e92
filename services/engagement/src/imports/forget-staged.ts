import { withTenant } from '@renmai/platform/db/db'
import { queue } from '@renmai/platform/work/queue'
import type { Deps } from '../context.ts'
import { KEEP_REJECTED_DAYS } from './forget-rejected.ts'

const HOUR_MS = 3_600_000
const BATCH = 1_000
const OLD = `created_at < now() - interval '${KEEP_REJECTED_DAYS} days'`

/** Deletes the rows of files that never became whole, after two weeks; such a file is then received from its beginning. */
export const forgetStaged = queue('import_rows', (deps: Deps) => ({
  name: 'forget-staged',
  due: [{ waiting: 'TRUE', at: `created_at + interval '${KEEP_REJECTED_DAYS} days'`, by: 'created_at' }],
  pollMs: HOUR_MS,
  work: (tenantId) => forgetRows(deps, tenantId),
}))

/** @returns number of rows that were deleted, at most a batch */
function forgetRows({ db }: Pick<Deps, 'db'>, tenantId: string): Promise<number> {
  return withTenant(db, tenantId, async (tx) => {
    const { rows } = await tx.client.query<{ id: string }>(
      `DELETE FROM import_rows WHERE tenant_id = $1 AND (import_id, row) IN (
         SELECT import_id, row FROM import_rows WHERE tenant_id = $1 AND ${OLD} ORDER BY created_at LIMIT ${BATCH})
       RETURNING import_id AS id`,
      [tenantId],
    )
    const ids = [...new Set(rows.map(({ id }) => id))]
    await tx.client.query(`DELETE FROM import_errors WHERE tenant_id = $1 AND import_id = ANY($2)`, [tenantId, ids])
    await tx.client.query(`UPDATE order_imports SET rows_done = 0, notes = '{}' WHERE tenant_id = $1 AND id = ANY($2)`, [tenantId, ids])
    return rows.length
  })
}
