import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockGraph } from '../graph/graph.ts'
import { matchModelFailure } from './match-model.failures.ts'
import { matchModels } from './match-model.table.ts'
import { startJob } from './start-job.ts'

const Input = z.object({
  idempotencyKey,
  modelId: z.uuid(),
  lower: z.number().nullish(),
  upper: z.number().nullish(),
  expectedVersion: z.int().nullish(),
})

/**
 * Makes a model the one by which profiles are compared, and schedules the comparison of all by it. It joins nobody by itself:
 * customers that were joined before stay so, and what it finds in the stock is proposed.
 */
export async function activateMatchModel(ctx: Context, raw: z.input<typeof Input>): Promise<{ modelId: string; jobId: string }> {
  const input = parse(Input, raw)
  const { modelId } = input
  return mutate(ctx, { name: 'activateMatchModel', scope: 'customers:write' }, input, async (tx) => {
    // What workers have compared by the model before is not stored after this.
    await lockGraph(tx)
    const [found] = await tx
      .select()
      .from(matchModels)
      .where(mine(tx, matchModels, modelId))
      .for('update')
    if (!found) throw matchModelFailure('MATCH_MODEL_NOT_FOUND', 'modelId')
    requireVersion(input.expectedVersion, found.version)
    if (found.state === 'ACTIVE') throw matchModelFailure('MATCH_MODEL_IS_ACTIVE', 'modelId')
    const { lower, upper } = { lower: input.lower ?? found.lower, upper: input.upper ?? found.upper }
    if (!(lower > 0 && lower <= upper && upper < 1)) throw matchModelFailure('MATCH_BOUNDS_NOT_VALID', ['lower', 'upper'])
    await tx.client.query(
      "UPDATE match_models SET state = 'RETIRED', retired_at = $2, version = version + 1 WHERE tenant_id = $1 AND state = 'ACTIVE'",
      [tx.tenantId, ctx.now()],
    )
    await tx
      .update(matchModels)
      .set({ state: 'ACTIVE', lower, upper, activatedAt: ctx.now(), retiredAt: null, version: found.version + 1 })
      .where(mine(tx, matchModels, modelId))
    const jobId = await startJob(tx, { kind: 'PROPOSE', modelId, createdBy: ctx.viewer.id })
    return { decided: { modelId, jobId }, targetId: modelId }
  })
}
