import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { ReviewDecision } from '../gen/resolvers.ts'
import { lockGraph } from '../graph/graph.ts'
import { decideCase, openCase } from './decide-case.ts'
import { requireUntil } from './require-until.ts'
import { reviewCaseFailure } from './review-case.failures.ts'
import { fits } from './select-cases.ts'

const Input = z.object({
  idempotencyKey,
  reviewCaseId: z.uuid(),
  decision: z.enum(ReviewDecision),
  reason: z.string().trim().min(1).max(500),
  until: z.coerce.date().nullish(),
  expectedVersion: z.int().nullish(),
})

/** Decides one case: the two are one person, are not, a number changed hands, or somebody decides later. */
export async function decideReviewCase(ctx: Context, raw: z.input<typeof Input>): Promise<{ caseId: string; batchId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'decideReviewCase', scope: 'customers:write' }, input, async (tx) => {
    const { decision, reason } = input
    const until = requireUntil(decision, input.until, ctx.now())
    await lockGraph(tx)
    const found = await openCase(tx, input.reviewCaseId)
    if (!found) throw reviewCaseFailure('REVIEW_CASE_NOT_FOUND', 'reviewCaseId')
    requireVersion(input.expectedVersion, found.version)
    if (!fits(decision, found)) throw reviewCaseFailure('DECISION_DOES_NOT_FIT', 'decision')
    const batchId = newId()
    const by = { reason, decidedBy: ctx.viewer.id, decidedAt: ctx.now(), batchId }
    if (!(await decideCase(tx, found, { decision, until }, by))) throw reviewCaseFailure('REVIEW_CASE_NOT_FOUND', 'reviewCaseId')
    return { decided: { caseId: found.id, batchId }, targetId: found.id }
  })
}
