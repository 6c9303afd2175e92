import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { and, desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { noteChanged } from '../match-records/match-record.ts'
import { lockGraph } from './lock-graph.ts'
import { rule } from './rule.ts'
import { rulingFailure } from './ruling.failures.ts'
import { rulings } from './ruling.table.ts'

/** More than a call that decides 200 cases makes. */
const MAX_RULINGS = 5_000

const Input = z.object({ idempotencyKey, batchId: z.uuid(), reason: z.string().trim().min(1).max(500) })

/** Undoes all rulings of one call that hold, the last one first. The undoing is a batch of its own, and can be undone so too. */
export async function undoIdentityRulings(ctx: Context, raw: z.input<typeof Input>): Promise<{ batchId: string; undone: number }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'undoIdentityRulings', scope: 'customers:write' }, input, async (tx) => {
    await lockGraph(tx)
    const ofBatch = await tx
      .select({ id: rulings.id, holds: rulings.holds })
      .from(rulings)
      .where(and(eq(rulings.tenantId, tx.tenantId), eq(rulings.batchId, input.batchId)))
      .orderBy(desc(rulings.id))
      .limit(MAX_RULINGS)
    if (ofBatch.length === 0) throw rulingFailure('RULING_BATCH_NOT_FOUND', 'batchId')
    const holding = ofBatch.filter(({ holds }) => holds)
    if (holding.length === 0) throw rulingFailure('RULING_ENDED', 'batchId')
    const batchId = newId()
    const by = { reason: input.reason, decidedBy: ctx.viewer.id, decidedAt: ctx.now(), batchId }
    // One after another: a single regrouping of so many people might not read them all.
    for (const { id } of holding) await noteChanged(tx, (await rule(tx, { kind: 'UNDO', ends: [id], ...by })).identified)
    return { decided: { batchId, undone: holding.length }, targetId: input.batchId }
  })
}
