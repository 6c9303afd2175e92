import type { Tx } from '@renmai/platform/db/db'
import type { MatchJob } from './match-model.table.ts'

const PAGE = 500

/**
 * Puts the next page of profiles into the queue of comparisons when it has finished most of those before.
 * @returns whether all profiles are in the queue, and how many of them it has not finished
 */
export async function queueProfiles(tx: Tx, job: MatchJob): Promise<{ isQueued: boolean; waiting: number }> {
  const before = await countWaiting(tx, job.id)
  const isFull = before >= PAGE
  const page = job.queuedAt || isFull ? undefined : await queuePage(tx, job)
  const isQueued = job.queuedAt !== null || page?.last === null
  const waiting = page ? await countWaiting(tx, job.id) : before
  const queued = job.queued + (page?.count ?? 0)
  await tx.client.query(
    `UPDATE match_jobs SET queued = $3::int, done = $3::int - $4::int, after_id = coalesce($5::uuid, after_id), queued_at = CASE WHEN $6::boolean THEN coalesce(queued_at, now()) END,
       total = CASE WHEN total = 0 THEN (SELECT count(*) FROM profiles WHERE tenant_id = $1) ELSE greatest(total, $3::int) END
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, job.id, queued, waiting, page?.last ?? null, isQueued],
  )
  return { isQueued, waiting }
}

async function countWaiting(tx: Tx, jobId: string): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM match_records WHERE tenant_id = $1 AND job_id = $2',
    [tx.tenantId, jobId],
  )
  return rows[0]!.count
}

/** An attempt that compares such a profile by another model writes nothing then. A profile that was read before need not be read to train. */
async function queuePage(tx: Tx, { id, kind, after }: MatchJob): Promise<{ last: string | null; count: number }> {
  const { rows } = await tx.client.query<{ id: string }>(
    'SELECT id FROM profiles WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3',
    [tx.tenantId, after, PAGE],
  )
  await tx.client.query(
    `INSERT INTO match_records (tenant_id, id, job_id, next_at) SELECT $1, p.id, $3, now() FROM unnest($2::uuid[]) AS p (id)
     ON CONFLICT (tenant_id, id) DO UPDATE SET next_at = now(), attempt_id = NULL, attempts = 0, problem = NULL, parked_at = NULL, job_id = excluded.job_id
     WHERE $4 = 'PROPOSE' OR match_records.sealed IS NULL`,
    [tx.tenantId, rows.map((row) => row.id), id, kind],
  )
  tx.work.add('match_records')
  return { last: rows.length === PAGE ? rows.at(-1)!.id : null, count: rows.length }
}
