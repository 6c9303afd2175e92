import { before, type Conditions, equals, from, isIdOf, isTrue, matching } from '@renmai/platform/db/filters'
import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import { sql } from 'drizzle-orm'
import type { SendDecisionFilter } from '../gen/resolvers.ts'
import { isOfCustomer } from '../profiles/profile.ts'
import { decisions } from './decision.table.ts'

const CONDITIONS: Conditions<SendDecisionFilter> = {
  // In the words of the index's predicate.
  isAllowed: isTrue(sql`${decisions.isAllowed}`),
  reason: equals(sql`${decisions.reasons}[1]`),
  purpose: equals(decisions.purpose),
  channel: equals(decisions.channel),
  profileId: isIdOf(decisions.profileId),
  customerId: isOfCustomer(decisions.profileId),
  decidedFrom: from(decisions.at),
  decidedBefore: before(decisions.at),
}

type Args = ListArgs & { filter?: SendDecisionFilter | null | undefined }

/** The receipts that a filter leaves, newest first. */
export const listDecisions = ({ filter }: Args): Listed<typeof decisions> => ({
  table: decisions,
  by: decisions.id,
  order: 'desc',
  orders: { DECIDED_AT: decisions.at },
  where: matching(CONDITIONS, filter),
})
