import type { Tx } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { BACK_OFF, outcomeOf, problemOf } from '@renmai/platform/work/settle'

/** A profile that an attempt compares. */
export type Claimed = { readonly id: string; readonly attempts: number; readonly jobId: string | null }
export type Claim = { readonly attemptId: string; readonly rows: readonly Claimed[] }

/** Longer than the comparison of a batch takes on a busy machine. */
const LEASE_S = 120

/** Claims profiles that are due, oldest first. Another worker claims others. */
export async function leaseRecords(tx: Tx, most: number, only?: readonly string[]): Promise<Claim> {
  const attemptId = newId()
  const { rows } = await tx.client.query<Claimed>(
    `UPDATE match_records SET attempt_id = $2, attempts = attempts + 1, next_at = now() + interval '${LEASE_S} seconds'
     WHERE tenant_id = $1 AND id IN (
       SELECT id FROM match_records WHERE tenant_id = $1 AND next_at <= now() AND ($4::uuid[] IS NULL OR id = ANY($4))
       ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, attempts, job_id AS "jobId"`,
    [tx.tenantId, attemptId, most, only ?? null],
  )
  return { attemptId, rows }
}

/** Of the profiles of a claim those that the attempt still holds: no claim of a source and no other attempt came since. */
export async function heldRecords(tx: Tx, { attemptId, rows }: Claim): Promise<Set<string>> {
  const held = await tx.client.query<{ id: string }>(
    'SELECT id FROM match_records WHERE tenant_id = $1 AND attempt_id = $2 AND id = ANY($3)',
    [tx.tenantId, attemptId, rows.map(({ id }) => id)],
  )
  return new Set(held.rows.map(({ id }) => id))
}

/** Takes profiles out of the queue. @param modelVersion number of the model that compared them; null without one */
export async function finishRecords(tx: Tx, { attemptId, rows }: Claim, modelVersion: number | null): Promise<void> {
  await tx.client.query(
    `UPDATE match_records SET next_at = NULL, attempt_id = NULL, attempts = 0, problem = NULL, job_id = NULL, model_version = coalesce($4, model_version)
     WHERE tenant_id = $1 AND attempt_id = $2 AND id = ANY($3)`,
    [tx.tenantId, attemptId, rows.map(({ id }) => id), modelVersion],
  )
}

/** Puts profiles back without a failure, such as when another model became active meanwhile. */
export async function releaseRecords(tx: Tx, { attemptId }: Claim): Promise<void> {
  await tx.client.query(
    'UPDATE match_records SET next_at = now(), attempt_id = NULL, attempts = greatest(attempts - 1, 0) WHERE tenant_id = $1 AND attempt_id = $2',
    [tx.tenantId, attemptId],
  )
}

/** Records the failure of one profile: it is due again later, or parked when it fails for good. */
export async function failRecord(tx: Tx, { attemptId, rows: [row] }: Claim, error: unknown): Promise<void> {
  const isParked = 'parked' in outcomeOf(error, row!.attempts)
  await tx.client.query(
    `UPDATE match_records SET attempt_id = NULL, problem = $4, next_at = ${isParked ? 'NULL' : BACK_OFF},
       parked_at = ${isParked ? 'now()' : 'NULL'}, job_id = ${isParked ? 'NULL' : 'job_id'}
     WHERE tenant_id = $1 AND attempt_id = $2 AND id = $3`,
    [tx.tenantId, attemptId, row!.id, problemOf(error)],
  )
}
