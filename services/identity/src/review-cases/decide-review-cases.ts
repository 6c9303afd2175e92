import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { ReviewDecision } from '../gen/resolvers.ts'
import { lockGraph } from '../graph/graph.ts'
import { decideCase, openCase } from './decide-case.ts'
import { requireUntil } from './require-until.ts'
import { Selection, selectCases } from './select-cases.ts'

const Input = z.object({
  idempotencyKey,
  cases: Selection,
  decision: z.enum(ReviewDecision),
  reason: z.string().trim().min(1).max(500),
  until: z.coerce.date().nullish(),
})

type Decided = { batchId: string; decided: number; skipped: number; hasMore: boolean }

/** Decides many cases in one way. A case that an earlier decision of the same call has settled is skipped. */
export async function decideReviewCases(ctx: Context, raw: z.input<typeof Input>): Promise<Decided> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'decideReviewCases', scope: 'customers:write' }, input, async (tx) => {
    const { decision, reason } = input
    const until = requireUntil(decision, input.until, ctx.now())
    await lockGraph(tx)
    const { cases, hasMore } = await selectCases(tx, input.cases, decision)
    const batchId = newId()
    const by = { reason, decidedBy: ctx.viewer.id, decidedAt: ctx.now(), batchId }
    let decided = 0
    for (const { id } of cases) {
      const now = await openCase(tx, id)
      if (now && (await decideCase(tx, now, { decision, until }, by))) decided += 1
    }
    const wanted = input.cases.reviewCaseIds ? new Set(input.cases.reviewCaseIds).size : cases.length
    return { decided: { batchId, decided, skipped: wanted - decided, hasMore }, targetId: batchId }
  })
}
