import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { noteChanged } from '../match-records/match-record.ts'
import { lockGraph } from './lock-graph.ts'
import { retract } from './retract.ts'

const Input = z.object({ idempotencyKey, profileId: z.uuid(), identifierId: z.uuid(), reason: z.string().trim().min(1).max(500) })

type Retracted = { rulingId: string; customerId: string }

/** States that a profile does not carry an identifier, also when its source names it again. */
export async function retractIdentifier(ctx: Context, raw: z.input<typeof Input>): Promise<Retracted> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'retractIdentifier', scope: 'customers:write' }, input, async (tx) => {
    const { profileId, identifierId, reason } = input
    await lockGraph(tx)
    const decision = { reason, decidedBy: ctx.viewer.id, decidedAt: ctx.now() }
    const { rulingId, customers, identified } = await retract(tx, profileId, identifierId, decision)
    await noteChanged(tx, identified)
    return { decided: { rulingId, customerId: customers.get(profileId)! }, targetId: profileId }
  })
}
