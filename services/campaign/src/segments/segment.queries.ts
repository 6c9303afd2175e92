import { type Conditions, contains, isPresent, matching } from '@renmai/platform/db/filters'
import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import { through } from '@renmai/platform/db/rows-by-id'
import { eq, type SQL } from 'drizzle-orm'
import type { SegmentFilter } from '../gen/resolvers.ts'
import { segmentMembers, segments } from './segment.table.ts'

const CONDITIONS: Conditions<SegmentFilter> = { nameContains: contains(segments.name), isReady: isPresent(segments.sweptAt) }

/** Segments by name, unless the caller chooses another order. */
export const listSegments = ({ filter }: ListArgs & { filter?: SegmentFilter | null | undefined }): Listed<typeof segments> => ({
  table: segments,
  by: segments.name,
  // Ids follow the time of creation.
  orders: { NAME: segments.name, CREATED_AT: segments.id },
  where: matching(CONDITIONS, filter),
})

/** The condition of the segments that a customer is in. */
export const ofMember = through(segments.id, { table: segmentMembers, from: segmentMembers.customerId, to: segmentMembers.segmentId })

/** Members by the customer's id. */
export const listMembers = (_args: ListArgs): Listed<typeof segmentMembers> => ({ table: segmentMembers, by: segmentMembers.customerId })

export const ofSegment = (segmentId: SQL): SQL => eq(segmentMembers.segmentId, segmentId)
