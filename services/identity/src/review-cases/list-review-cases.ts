import { before, type Conditions, equals, from, isIdOf, isPresent, isTrue, matching, requireId } from '@renmai/platform/db/filters'
import { followed, partsOf } from '@renmai/platform/db/moved-ids'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { merged, type ReviewCase, reviewCases } from '../customers/customer.table.ts'
import type { ReviewCaseFilter } from '../gen/resolvers.ts'

export const CONDITIONS: Conditions<ReviewCaseFilter> = {
  reason: equals(reviewCases.reason),
  // A case keeps the ids of its time: it is about all that the customer consists of now.
  customerId: (id, field) => {
    const parts = partsOf(merged, followed(merged, sql`${requireId(id, field)}::uuid`))
    return sql`(${reviewCases.customerA} IN (${parts}) OR ${reviewCases.customerB} IN (${parts}))`
  },
  createdFrom: from(reviewCases.createdAt),
  createdBefore: before(reviewCases.createdAt),
  assigneeId: isIdOf(reviewCases.assigneeId),
  isAssigned: isPresent(reviewCases.assigneeId),
  dueBefore: before(reviewCases.dueAt),
  isSnoozed: isTrue(sql`coalesce(${reviewCases.snoozedUntil} > now(), false)`),
}

/** A page of the open review cases that meet the filter. */
export function listReviewCases(
  ctx: Context,
  args: ListArgs & { filter?: ReviewCaseFilter | null | undefined },
): Promise<Connection<ReviewCase>> {
  const orders = { CREATED_AT: reviewCases.createdAt, DUE_AT: reviewCases.dueAt }
  return readPage(ctx, args, { table: reviewCases, by: reviewCases.id, orders, where: matching(CONDITIONS, args.filter) })
}
