import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockGraph } from '../graph/graph.ts'
import { joinTwo } from './join-two.ts'

const Input = z.object({ idempotencyKey, survivorId: z.uuid(), absorbedId: z.uuid(), reason: z.string().trim().min(1).max(500) })

/** Joins two customers by a person's decision. It ends what people ruled against it before. */
export async function mergeCustomers(ctx: Context, raw: z.input<typeof Input>): Promise<{ mergeId: string; survivorId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'mergeCustomers', scope: 'customers:write' }, input, async (tx) => {
    const { survivorId, absorbedId, reason } = input
    await lockGraph(tx)
    const merge = await joinTwo(tx, survivorId, absorbedId, { reason, decidedBy: ctx.viewer.id, decidedAt: ctx.now() })
    return { decided: { mergeId: merge.id, survivorId }, targetId: survivorId }
  })
}
