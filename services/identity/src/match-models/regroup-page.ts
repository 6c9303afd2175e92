import type { Tx } from '@renmai/platform/db/db'
import { applyPlan, lockGraph, planGroups } from '../graph/graph.ts'
import type { MatchJob } from './match-model.table.ts'

/** Claims of the tenant wait while a page is grouped. */
export const REGROUP_PAGE = 200

/**
 * Groups the next page of profiles by the rules of this release, and counts what it changes; a dry run changes nothing. Each change is
 * counted with the profile that the customer is by itself, so that a dry run counts it once, though two pages may see it.
 * @returns whether it was the last page
 */
export async function regroupPage(tx: Tx, job: MatchJob, at: Date): Promise<boolean> {
  await lockGraph(tx)
  const { rows } = await tx.client.query<{ id: string; homeId: string }>(
    `SELECT id, coalesce(home_customer_id, customer_id) AS "homeId" FROM profiles WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2)
     ORDER BY id LIMIT $3`,
    [tx.tenantId, job.after, REGROUP_PAGE],
  )
  const plan = await planGroups(
    tx,
    rows.map(({ id }) => id),
  )
  if (!job.isDryRun) await applyPlan(tx, plan, { at })
  const mine = new Set(rows.map(({ homeId }) => homeId))
  const counted = plan.changes.changes.filter(({ absorbedId }) => !job.isDryRun || mine.has(absorbedId))
  const { MERGE: merges = [], UNMERGE: splits = [] } = Object.groupBy(counted, ({ kind }) => kind)
  await tx.client.query(
    `UPDATE match_jobs SET after_id = coalesce($3::uuid, after_id), queued = queued + $4::int, done = done + $4::int, merged = merged + $5, split = split + $6,
       total = CASE WHEN total = 0 THEN (SELECT count(*) FROM profiles WHERE tenant_id = $1) ELSE greatest(total, done + $4::int) END
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, job.id, rows.at(-1)?.id ?? null, rows.length, merges.length, splits.length],
  )
  return rows.length < REGROUP_PAGE
}
