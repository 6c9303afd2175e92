import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { requireTwo, separateTwo } from '../customers/customer.ts'
import { lockGraph } from './lock-graph.ts'

const Input = z.object({ idempotencyKey, customerA: z.uuid(), customerB: z.uuid(), reason: z.string().trim().min(1).max(500) })

/** States that two customers are different people. Their profiles of now stand on the two sides. */
export async function separateCustomers(ctx: Context, raw: z.input<typeof Input>): Promise<{ rulingId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'separateCustomers', scope: 'customers:write' }, input, async (tx) => {
    await lockGraph(tx)
    const [a, b] = await requireTwo(tx, { customerA: input.customerA, customerB: input.customerB })
    const { rulingId } = await separateTwo(tx, a, b, { reason: input.reason, decidedBy: ctx.viewer.id, decidedAt: ctx.now() })
    return { decided: { rulingId }, targetId: a }
  })
}
