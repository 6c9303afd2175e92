import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { MatchLabel } from '../gen/resolvers.ts'
import { matchModelFailure } from './match-model.failures.ts'
import { matchSamples } from './match-model.table.ts'

const Input = z.object({ idempotencyKey, sampleId: z.uuid(), label: z.enum(MatchLabel).nullish() })

/**
 * States whether the two profiles of a drawn pair are one person. It measures the model and joins nobody: the customers are as
 * they were. Without a label the pair is unlabelled again.
 */
export async function labelMatchPair(ctx: Context, raw: z.input<typeof Input>): Promise<{ sampleId: string; modelId: string }> {
  const input = parse(Input, raw)
  const { sampleId, label = null } = input
  return mutate(ctx, { name: 'labelMatchPair', scope: 'customers:write' }, input, async (tx) => {
    const [labelled] = await tx
      .update(matchSamples)
      .set({ label, labelledBy: label && ctx.viewer.id, labelledAt: label && ctx.now() })
      .where(mine(tx, matchSamples, sampleId))
      .returning({ modelId: matchSamples.modelId })
    if (!labelled) throw matchModelFailure('MATCH_SAMPLE_NOT_FOUND', 'sampleId')
    return { decided: { sampleId, modelId: labelled.modelId }, targetId: sampleId }
  })
}
