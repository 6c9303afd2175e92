import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { newId } from '@renmai/platform/serve/ids'
import { matchModelFailure } from './match-model.failures.ts'
import { type MatchJob, matchJobs } from './match-model.table.ts'

/**
 * Schedules work on all profiles of the tenant.
 * @throws AppError CONFLICT while another job is unfinished: the two would wait for the same queue
 */
export async function startJob(tx: Tx, job: Pick<MatchJob, 'kind' | 'modelId' | 'createdBy'> & { isDryRun?: boolean }): Promise<string> {
  const { rowCount } = await tx.client.query("SELECT 1 FROM match_jobs WHERE tenant_id = $1 AND state IN ('WAITING', 'RUNNING')", [
    tx.tenantId,
  ])
  if (rowCount) throw matchModelFailure('MATCH_JOB_UNFINISHED')
  const id = newId()
  await insertRows(tx, matchJobs, [{ id, isDryRun: false, ...job }], { conflict: 'error' })
  tx.work.add('match_jobs')
  return id
}
