import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { noteChanged } from '../match-records/match-record.ts'
import { lockGraph } from './lock-graph.ts'
import { rule } from './rule.ts'
import { rulingFailure } from './ruling.failures.ts'
import { rulings } from './ruling.table.ts'

const Input = z.object({ idempotencyKey, rulingId: z.uuid(), reason: z.string().trim().min(1).max(500) })

/** Undoes a ruling, also one that undoes another. What it had ended holds again. */
export async function undoIdentityRuling(ctx: Context, raw: z.input<typeof Input>): Promise<{ rulingId: string; undoneId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'undoIdentityRuling', scope: 'customers:write' }, input, async (tx) => {
    await lockGraph(tx)
    const [ruling] = await tx
      .select()
      .from(rulings)
      .where(mine(tx, rulings, input.rulingId))
    if (!ruling) throw rulingFailure('RULING_NOT_FOUND', 'rulingId')
    if (!ruling.holds) throw rulingFailure('RULING_ENDED', 'rulingId')
    const { rulingId, identified } = await rule(tx, {
      kind: 'UNDO',
      ends: [ruling.id],
      reason: input.reason,
      decidedBy: ctx.viewer.id,
      decidedAt: ctx.now(),
    })
    await noteChanged(tx, identified)
    return { decided: { rulingId, undoneId: ruling.id }, targetId: ruling.id }
  })
}
