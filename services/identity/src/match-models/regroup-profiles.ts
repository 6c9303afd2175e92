import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { startJob } from './start-job.ts'

const Input = z.object({ idempotencyKey, isDryRun: z.boolean().nullish() })

/** Schedules the grouping of all profiles by the rules of this release, such as after an upgrade that changed them. */
export async function regroupProfiles(ctx: Context, raw: z.input<typeof Input>): Promise<{ jobId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'regroupProfiles', scope: 'customers:write' }, input, async (tx) => {
    const jobId = await startJob(tx, { kind: 'REGROUP', modelId: null, createdBy: ctx.viewer.id, isDryRun: input.isDryRun ?? false })
    return { decided: { jobId }, targetId: jobId }
  })
}
