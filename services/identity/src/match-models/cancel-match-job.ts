import { mayGo } from '@renmai/platform/db/transition'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { transitions } from './match-job.states.ts'
import { matchModelFailure } from './match-model.failures.ts'

const { cancel } = transitions
const Input = z.object({ idempotencyKey, jobId: z.uuid() })

/** Ends a job that waits or runs. Profiles that it has put into the queue are still compared. */
export async function cancelMatchJob(ctx: Context, raw: z.input<typeof Input>): Promise<{ jobId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'cancelMatchJob', scope: 'customers:write' }, input, async (tx) => {
    const { rows } = await tx.client.query<{ isEnded: boolean }>(
      `UPDATE match_jobs SET state = CASE WHEN ${mayGo(cancel)} THEN '${cancel.to}' ELSE state END, attempt_id = NULL,
         ended_at = coalesce(ended_at, now())
       WHERE tenant_id = $1 AND id = $2 RETURNING NOT (${mayGo(cancel, 'old.state')}) AS "isEnded"`,
      [tx.tenantId, input.jobId],
    )
    if (!rows[0]) throw matchModelFailure('MATCH_JOB_NOT_FOUND', 'jobId')
    if (rows[0].isEnded) throw matchModelFailure('MATCH_JOB_ENDED', 'jobId')
    return { decided: { jobId: input.jobId }, targetId: input.jobId }
  })
}
