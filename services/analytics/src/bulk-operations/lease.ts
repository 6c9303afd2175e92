import { type Tx, withTenant } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { newId } from '@renmai/platform/serve/ids'
import type { Deps } from '../context.ts'
import { transitions } from './bulk-operation.states.ts'
import type { BulkOperation } from './bulk-operation.table.ts'

const { run } = transitions
/** Length of a worker's lease on an operation, in seconds; each page renews it. */
export const LEASE_S = 60

/** Claims the operation that has been due longest, of a viewer that has none running elsewhere. */
export function claim({ db }: Deps, tenantId: string): Promise<BulkOperation | undefined> {
  return withTenant(db, tenantId, async (tx) => {
    // Without the lock, two concurrent workers could each claim an operation of the same viewer.
    await tx.client.query("SELECT pg_advisory_xact_lock(hashtextextended('bulk_operations' || $1, 0))", [tenantId])
    const { rows } = await tx.client.query<BulkOperation>(
      `UPDATE bulk_operations SET status = '${run.to}', attempt_id = $2, next_at = now() + interval '${LEASE_S} seconds'
       WHERE tenant_id = $1 AND id = (
         SELECT o.id FROM bulk_operations o WHERE o.tenant_id = $1 AND ${mayGo(run, 'o.status')} AND o.next_at <= now()
           AND NOT EXISTS (SELECT 1 FROM bulk_operations r WHERE r.tenant_id = $1 AND r.viewer_id = o.viewer_id AND r.viewer_kind = o.viewer_kind
             AND r.id <> o.id AND r.status = 'RUNNING' AND r.attempt_id IS NOT NULL AND r.next_at > now())
         ORDER BY o.next_at LIMIT 1)
       RETURNING tenant_id AS "tenantId", id, viewer_kind AS "viewerKind", viewer_id AS "viewerId", document, scopes, after, parts,
         object_count AS "objectCount", file_size AS "fileSize", attempt_id AS "attemptId", failures`,
      [tenantId, newId()],
    )
    return rows[0]
  })
}

/** Runs `work` if the operation still belongs to this worker; otherwise returns undefined. */
export async function inOwn<T>(
  { db }: Deps,
  { tenantId, id, attemptId }: BulkOperation,
  work: (tx: Tx) => Promise<T>,
): Promise<T | undefined> {
  return withTenant(db, tenantId, async (tx) => {
    const held = await tx.client.query(
      "SELECT 1 FROM bulk_operations WHERE tenant_id = $1 AND id = $2 AND attempt_id = $3 AND status = 'RUNNING' FOR UPDATE",
      [tenantId, id, attemptId],
    )
    return held.rowCount === 1 ? work(tx) : undefined
  })
}

/** Releases an operation; it is due again after a delay that grows with its failures. */
export async function giveBack(deps: Deps, operation: BulkOperation, failures: number): Promise<void> {
  await inOwn(deps, operation, async (tx) => {
    await tx.client.query(
      `UPDATE bulk_operations SET attempt_id = NULL, failures = $3,
         next_at = now() + CASE WHEN $3 = 0 THEN interval '0' ELSE least(interval '5 minutes', interval '1 second' * 2 ^ least($3, 12)) * (0.75 + random() / 2) END
       WHERE tenant_id = $1 AND id = $2`,
      [operation.tenantId, operation.id, failures],
    )
  })
}
