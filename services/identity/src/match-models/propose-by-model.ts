import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { matchModelFailure } from './match-model.failures.ts'
import { startJob } from './start-job.ts'

const Input = z.object({ idempotencyKey })

/** Schedules the comparison of all profiles by the active model again, such as when people have decided the cases that were open. */
export async function proposeByModel(ctx: Context, raw: z.input<typeof Input>): Promise<{ jobId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'proposeByModel', scope: 'customers:write' }, input, async (tx) => {
    const { rows } = await tx.client.query<{ id: string }>("SELECT id FROM match_models WHERE tenant_id = $1 AND state = 'ACTIVE'", [
      tx.tenantId,
    ])
    if (!rows[0]) throw matchModelFailure('MATCH_MODEL_MISSING')
    const jobId = await startJob(tx, { kind: 'PROPOSE', modelId: rows[0].id, createdBy: ctx.viewer.id })
    return { decided: { jobId }, targetId: jobId }
  })
}
