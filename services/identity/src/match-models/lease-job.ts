import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { all, readRow } from '@renmai/platform/db/rows'
import { mayGo } from '@renmai/platform/db/transition'
import { newId } from '@renmai/platform/serve/ids'
import { transitions } from './match-job.states.ts'
import { type MatchJob, matchJobs } from './match-model.table.ts'

const { run } = transitions
/** Length of a worker's lease on a job, in seconds; each page renews it. */
export const LEASE_S = 60

/** Claims the job of the tenant that is due. */
export async function leaseJob(tx: Tx): Promise<MatchJob | undefined> {
  const { rows } = await tx.client.query(
    `UPDATE match_jobs SET state = '${run.to}', attempt_id = $2, next_at = now() + interval '${LEASE_S} seconds'
     WHERE tenant_id = $1 AND id = (
       SELECT id FROM match_jobs WHERE tenant_id = $1 AND ${mayGo(run)} AND next_at <= now() ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING ${all(matchJobs)}`,
    [tx.tenantId, newId()],
  )
  return rows[0] && readRow(matchJobs, rows[0])
}

/** Runs `work` if the job still belongs to this attempt; otherwise returns undefined. */
export function inOwnJob<T>(db: Db, { tenantId, id, attemptId }: MatchJob, work: (tx: Tx) => Promise<T>): Promise<T | undefined> {
  return withTenant(db, tenantId, async (tx) => {
    const held = await tx.client.query(
      "SELECT 1 FROM match_jobs WHERE tenant_id = $1 AND id = $2 AND attempt_id = $3 AND state = 'RUNNING' FOR UPDATE",
      [tenantId, id, attemptId],
    )
    return held.rowCount === 1 ? work(tx) : undefined
  })
}

/** Ends a job. */
export async function endJob(
  tx: Tx,
  id: string,
  how: 'complete' | 'fail',
  { errorCode = null, modelId = null }: { errorCode?: string | null; modelId?: string | null } = {},
): Promise<void> {
  await tx.client.query(
    `UPDATE match_jobs SET state = '${transitions[how].to}', attempt_id = NULL, ended_at = now(), error_code = $3, model_id = coalesce($4, model_id)
     WHERE tenant_id = $1 AND id = $2 AND ${mayGo(transitions[how])}`,
    [tx.tenantId, id, errorCode, modelId],
  )
}

/** Releases a job; it is due again after so many seconds. */
export async function releaseJob(tx: Tx, id: string, seconds: number, failures: number): Promise<void> {
  await tx.client.query(
    `UPDATE match_jobs SET attempt_id = NULL, failures = $4, next_at = now() + make_interval(secs => $3) WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, seconds, failures],
  )
}
