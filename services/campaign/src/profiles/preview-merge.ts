import { countUpTo } from '@renmai/platform/db/count-up-to'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { isId } from '@renmai/platform/serve/ids'
import { CampaignService } from '@renmai/proto/campaign/v1/campaign_service'
import { MergeEffect } from '@renmai/proto/identity/v1/merge_preview'
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { coupons } from '../coupons/coupon.table.ts'
import { journeyEntries } from '../journeys/journey.table.ts'
import { segmentMembers } from '../segments/segment.table.ts'

/**
 * Counts what would move with the absorbed customer, the running entries of journeys that would end because the two are in the
 * same journey, and the segments whose membership of the joined customer is known only when it is evaluated.
 */
export const previewMerge = (db: Db) =>
  answer(CampaignService.method.previewMerge, ({ tenantId, survivorId, absorbedId, survivorProfileIds, absorbedProfileIds }) =>
    withTenant(db, tenantId, async (tx) => {
      const absorbed = absorbedProfileIds.filter(isId)
      const both = [...absorbed, ...survivorProfileIds.filter(isId)]
      const entries = inArray(journeyEntries.profileId, absorbed)
      return {
        changes: [
          { effect: MergeEffect.COUPONS, ...(await countUpTo(tx, coupons, inArray(coupons.profileId, absorbed))) },
          { effect: MergeEffect.JOURNEY_ENTRIES, ...(await countUpTo(tx, journeyEntries, entries)) },
          { effect: MergeEffect.JOURNEY_ENTRIES_JOINED, ...(await countUpTo(tx, journeyEntries, endsByJoining(tx, both))) },
          ...(isId(survivorId) && isId(absorbedId) ? await ofSegments(tx, survivorId, absorbedId) : []),
        ],
      }
    }),
  )

/** The entries that `regroupEntries` would end, once all of these profiles are one customer. */
const endsByJoining = (tx: Tx, profileIds: readonly string[]): SQL =>
  and(
    inArray(journeyEntries.profileId, [...profileIds]),
    isNull(journeyEntries.outcome),
    sql`EXISTS (SELECT 1 FROM journey_entries o WHERE o.tenant_id = ${tx.tenantId} AND o.profile_id = ANY(${sql.param(profileIds)}::uuid[])
      AND o.journey_id = ${journeyEntries.journeyId} AND o.id <> ${journeyEntries.id}
      AND CASE WHEN o.outcome IS NULL THEN (o.entered_at, o.profile_id) < (${journeyEntries.enteredAt}, ${journeyEntries.profileId}) ELSE o.outcome <> 'MERGED' END)`,
  )!

async function ofSegments(tx: Tx, survivorId: string, absorbedId: string) {
  const otherIsMember = sql`EXISTS (SELECT 1 FROM segment_members o WHERE o.tenant_id = ${tx.tenantId}
    AND o.segment_id = ${segmentMembers.segmentId} AND o.customer_id IN (${survivorId}, ${absorbedId}) AND o.customer_id <> ${segmentMembers.customerId})`
  const byOne = and(inArray(segmentMembers.customerId, [survivorId, absorbedId]), sql`NOT ${otherIsMember}`)
  return [
    { effect: MergeEffect.SEGMENT_MEMBERSHIPS, ...(await countUpTo(tx, segmentMembers, eq(segmentMembers.customerId, absorbedId))) },
    { effect: MergeEffect.SEGMENTS_EVALUATED, ...(await countUpTo(tx, segmentMembers, byOne)) },
  ]
}
