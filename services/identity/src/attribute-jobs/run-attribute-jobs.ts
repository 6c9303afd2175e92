import type { Tx } from '@renmai/platform/db/db'
import { all, readRow } from '@renmai/platform/db/rows'
import { inside } from '@renmai/platform/work/inside'
import { LEASED } from '@renmai/platform/work/leased'
import type { Deps } from '../context.ts'
import { lockGraph } from '../graph/graph.ts'
import { noteChanged } from '../match-records/match-record.ts'
import { samplesWith, stageAfter } from './attribute-job.rules.ts'
import { type AttributeJob, attributeJobs } from './attribute-job.table.ts'
import { type Page, walkPage } from './walk-page.ts'

/** Old values are deleted once a day. */
const REST_H = 24

/**
 * Works on jobs about all values of a field, one page in each transaction: the values, what is published of them and the position of
 * the next page commit together.
 */
export const runAttributeJobs = inside('attribute_jobs', ({ keyRing, now }: Deps) => ({
  name: 'attribute-jobs',
  due: [LEASED],
  lanes: 2,
  perTenant: 1,
  rest: 1,
  claim: claimJob,
  carryOut: async (tx, [job]) => {
    await lockGraph(tx)
    const page = await walkPage(tx, keyRing, job!, now())
    await noteChanged(tx, page.changed)
    await advance(tx, job!, page, now())
  },
}))

async function claimJob(tx: Tx, ids: readonly string[] | undefined): Promise<AttributeJob[]> {
  const { rows } = await tx.client.query(
    `SELECT ${all(attributeJobs)} FROM attribute_jobs WHERE tenant_id = $1 AND next_at <= now() AND ($2::uuid[] IS NULL OR id = ANY($2))
     ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [tx.tenantId, ids ?? null],
  )
  return rows.map((row) => readRow(attributeJobs, row))
}

/** Stores how far the job is; the page behind it is due immediately. */
async function advance(tx: Tx, job: AttributeJob, page: Page, now: Date): Promise<void> {
  const next = page.last ? { stage: job.stage, position: page.last } : { stage: stageAfter(job.stage), position: null }
  const isOver = next.stage === undefined
  const isDaily = job.kind === 'EXPIRE'
  await tx.client.query(
    `UPDATE attribute_jobs SET stage = $3, position = $4, done = done + $5, left_over = left_over + $6, samples = $7,
       started_at = coalesce(started_at, $8), ended_at = CASE WHEN $9 THEN $8::timestamptz END,
       next_at = CASE WHEN $9 THEN NULL WHEN $10 THEN now() + interval '${REST_H} hours' ELSE now() END
     WHERE tenant_id = $1 AND id = $2`,
    [
      tx.tenantId,
      job.id,
      next.stage ?? 'SOURCES',
      next.position,
      page.done,
      page.left,
      JSON.stringify(samplesWith(job.samples, page.samples)),
      now,
      isOver && !isDaily,
      isOver && isDaily,
    ],
  )
  if (!isOver) tx.work.add('attribute_jobs')
}
