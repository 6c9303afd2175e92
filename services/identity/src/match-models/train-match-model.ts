import { insertRows } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockGraph } from '../graph/graph.ts'
import { matchSettings } from '../match-records/match-record.table.ts'
import { startJob } from './start-job.ts'

const Input = z.object({ idempotencyKey })

/**
 * Schedules the estimation of a model from all profiles. The first one turns matching on: from then on each profile that changes is
 * read for comparison.
 */
export async function trainMatchModel(ctx: Context, raw: z.input<typeof Input>): Promise<{ jobId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'trainMatchModel', scope: 'customers:write' }, input, async (tx) => {
    // No claim may be between its check of the settings and its end, or its profile would be missed.
    await lockGraph(tx)
    await insertRows(tx, matchSettings, [{ joinsByModel: false }])
    const jobId = await startJob(tx, { kind: 'TRAIN', modelId: null, createdBy: ctx.viewer.id })
    return { decided: { jobId }, targetId: jobId }
  })
}
