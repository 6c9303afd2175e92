import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { absorb } from './absorb.ts'

const Input = z.object({ idempotencyKey, survivorId: z.uuid(), absorbedId: z.uuid(), reason: z.string().trim().min(1).max(500) })

/** Joins two customers by a person's decision. */
export async function mergeCustomers(ctx: Context, raw: z.input<typeof Input>): Promise<{ decisionId: string; survivorId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'mergeCustomers', scope: 'customers:write' }, input, async (tx) => {
    const { survivorId, absorbedId, reason } = input
    const { id: decisionId } = await absorb(tx, { survivorId, absorbedId, reason, decidedBy: ctx.viewer.id, at: ctx.now() })
    return { decided: { decisionId, survivorId }, targetId: survivorId }
  })
}
