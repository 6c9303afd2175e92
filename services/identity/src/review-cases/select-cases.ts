import type { Tx } from '@renmai/platform/db/db'
import { matching } from '@renmai/platform/db/filters'
import { and, asc, eq, inArray } from 'drizzle-orm'
import { z } from 'zod'
import { type ReviewCase, reviewCases } from '../customers/customer.table.ts'
import { type ReviewCaseFilter, type ReviewDecision, ReviewReason } from '../gen/resolvers.ts'
import { CONDITIONS } from './list-review-cases.ts'

/** Cases of one call: each decision groups customers again, in one transaction. */
export const MAX_CASES = 200

const Filter = z.object({
  reason: z.enum(ReviewReason).nullish(),
  customerId: z.uuid().nullish(),
  createdFrom: z.coerce.date().nullish(),
  createdBefore: z.coerce.date().nullish(),
  assigneeId: z.uuid().nullish(),
  isAssigned: z.boolean().nullish(),
  dueBefore: z.coerce.date().nullish(),
  isSnoozed: z.boolean().nullish(),
})

/** `ReviewCaseSelectionInput` of the SDL. */
export const Selection = z
  .object({ filter: Filter.nullish(), reviewCaseIds: z.array(z.uuid()).min(1).max(MAX_CASES).nullish() })
  .refine(({ filter, reviewCaseIds }) => !filter !== !reviewCaseIds, 'has exactly one of filter, reviewCaseIds')

/** Only a case about a number or address that may have changed hands can be decided so. */
export const fits = (decision: ReviewDecision, { reason }: Pick<ReviewCase, 'reason'>): boolean =>
  decision !== 'CHANGED_HANDS' || reason === 'CHANGED_HANDS'

/** The oldest open cases of a selection that a decision fits: those that a bulk decision decides, and its preview shows. */
export async function selectCases(
  tx: Tx,
  { filter, reviewCaseIds }: z.output<typeof Selection>,
  decision: ReviewDecision,
): Promise<{ cases: ReviewCase[]; hasMore: boolean }> {
  // Generated types call a time a string; it is a Date.
  const rows = await tx
    .select()
    .from(reviewCases)
    .where(
      and(
        eq(reviewCases.tenantId, tx.tenantId),
        decision === 'CHANGED_HANDS' ? eq(reviewCases.reason, 'CHANGED_HANDS') : undefined,
        reviewCaseIds ? inArray(reviewCases.id, reviewCaseIds) : matching(CONDITIONS, filter as object as ReviewCaseFilter),
      ),
    )
    .orderBy(asc(reviewCases.createdAt), asc(reviewCases.id))
    .limit(MAX_CASES + 1)
  return { cases: rows.slice(0, MAX_CASES), hasMore: rows.length > MAX_CASES }
}
