import { anyOf, before, type Condition, type Conditions, equals, from, isIdOf, isMissing, matching } from '@renmai/platform/db/filters'
import type { Listed } from '@renmai/platform/db/read-page'
import { AppError } from '@renmai/platform/serve/errors'
import { firstIdAt } from '@renmai/platform/serve/ids'
import { and, gte, sql } from 'drizzle-orm'
import type { TouchpointFilter } from '../gen/resolvers.ts'
import { isOfCustomer } from '../profiles/profile.ts'
import type { TouchpointDetailsRow } from './read-details.ts'
import { touchpoints } from './touchpoint.table.ts'

type Given<F> = F | null | undefined

/**
 * Touchpoints have no index by type, channel, product or campaign, which the intake would pay for: the list of a tenant finds a rare type only
 * within a range of time.
 * @throws AppError INVALID that names the filter
 */
export function checkTouchpointFilter(filter: Given<TouchpointFilter>): void {
  const { occurredFrom, customerId, profileId, ...rest } = filter ?? {}
  const field = (['type', 'types', 'channel', 'productId', 'campaignRef'] as const).find((name) => rest[name])
  if (!field || occurredFrom || customerId || profileId) return
  const problem = 'needs occurredFrom, customerId or profileId with it'
  throw new AppError('INVALID', `filter.${field}: ${problem}`, { [`filter.${field}`]: problem })
}

const detail =
  (field: keyof TouchpointDetailsRow): Condition<string> =>
  (wanted) =>
    sql`${touchpoints.details}->>${field}::text = ${wanted}`

const AHEAD_MS = 48 * 3_600_000

/** The intake refuses times that are more than a day ahead. So earlier months have no such touchpoint, and are not read. */
const receivedSince = (occurredFrom: string | Date) => gte(touchpoints.id, firstIdAt(new Date(new Date(occurredFrom).getTime() - AHEAD_MS)))

const CONDITIONS: Conditions<TouchpointFilter> = {
  type: equals(touchpoints.type),
  types: anyOf(touchpoints.type),
  channel: equals(touchpoints.channel),
  productId: detail('productId'),
  campaignRef: detail('campaignRef'),
  customerId: isOfCustomer(touchpoints.profileId),
  profileId: isIdOf(touchpoints.profileId),
  isAnonymous: isMissing(touchpoints.profileId),
  occurredFrom: (at, field) => and(from(touchpoints.occurredAt)(at, field), receivedSince(at)),
  occurredBefore: before(touchpoints.occurredAt),
}

/** The list of touchpoints, newest first. */
export const listTouchpoints = ({ filter }: { filter?: Given<TouchpointFilter> }): Listed<typeof touchpoints> => ({
  table: touchpoints,
  by: touchpoints.id,
  order: 'desc',
  orders: { OCCURRED_AT: touchpoints.occurredAt },
  where: matching(CONDITIONS, filter),
})
