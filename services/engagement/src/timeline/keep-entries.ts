import { type Timestamp, timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { type Handler, on } from '@renmai/platform/events/inbox'
import { idFrom, timeOfId } from '@renmai/platform/serve/ids'
import { CouponIssuedSchema, CouponRedeemedSchema, JourneyEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { ConsentGrantedSchema, ConsentWithdrawnSchema, type SendDecided, SendsDecidedSchema } from '@renmai/proto/compliance/v1/events'
import { CustomerSplitSchema, CustomersMergedSchema, TagAddedSchema, TagRemovedSchema } from '@renmai/proto/identity/v1/events'
import { type KeptEntry, type KeptMerge, timelineEntries, timelineMerges } from './timeline-entry.table.ts'

/** An event of the previous release may have no time; it has no place in a timeline. */
type Kept = { profileId: string; subjectId: string; at?: Timestamp | undefined; orderId?: string }

/** An entry is made of its event alone: events that arrive twice or in another order leave the same entries. */
async function keep(tx: Tx, kind: KeptEntry['kind'], entries: readonly Kept[]): Promise<void> {
  const rows = entries.flatMap(({ profileId, subjectId, at: time, orderId }) => {
    if (!time) return []
    const at = timestampDate(time)
    return [{ id: idFrom('timeline', kind, profileId, subjectId, at.getTime()), kind, profileId, subjectId, orderId: orderId ?? null, at }]
  })
  await insertRows(tx, timelineEntries, [...new Map(rows.map((row) => [row.id, row])).values()])
}

type Merge = { decisionId: string; survivorId: string; absorbedId: string; at?: Timestamp }

/** The id of a decision has its time, which an event of an earlier release does not state. */
async function keepMerges(tx: Tx, kind: KeptMerge['kind'], merges: readonly Merge[]): Promise<void> {
  const rows = merges.map(({ decisionId: id, survivorId, absorbedId, at }) => ({
    id,
    kind,
    survivorId,
    absorbedId,
    at: at ? timestampDate(at) : timeOfId(id),
  }))
  await insertRows(tx, timelineMerges, rows)
}

/** Keeps what other services publish about customers, for their timelines. */
export const keepEntries: Handler[] = [
  on(TagAddedSchema, 'keep-added-tags', (tx, events) => keep(tx, 'TAG_ADDED', events.map(taggedOf))),
  on(TagRemovedSchema, 'keep-removed-tags', (tx, events) => keep(tx, 'TAG_REMOVED', events.map(taggedOf))),
  on(CouponIssuedSchema, 'keep-issued-coupons', (tx, events) => keep(tx, 'COUPON_ISSUED', events.map(issuedOf))),
  on(CouponRedeemedSchema, 'keep-redeemed-coupons', (tx, events) =>
    keep(
      tx,
      'COUPON_REDEEMED',
      // A shop may know the order by its own number only.
      events.map(({ profileId, couponId: subjectId, orderId, at }) => ({ profileId, subjectId, at, ...(orderId ? { orderId } : {}) })),
    ),
  ),
  on(JourneyEnteredSchema, 'keep-entered-journeys', (tx, events) =>
    keep(
      tx,
      'JOURNEY_ENTERED',
      events.map(({ profileId, journeyId: subjectId, at }) => ({ profileId, subjectId, at })),
    ),
  ),
  on(ConsentGrantedSchema, 'keep-granted-consents', (tx, events) => keep(tx, 'CONSENT_GRANTED', events.map(statedOf))),
  on(ConsentWithdrawnSchema, 'keep-withdrawn-consents', (tx, events) => keep(tx, 'CONSENT_WITHDRAWN', events.map(statedOf))),
  on(SendsDecidedSchema, 'keep-send-decisions', async (tx, events) => {
    const decisions = events.flatMap((event) => event.decisions)
    for (const [kind, isAllowed] of [
      ['SEND_ALLOWED', true],
      ['SEND_REFUSED', false],
    ] as const)
      await keep(tx, kind, decisions.filter((one) => one.isAllowed === isAllowed).map(decidedOf))
  }),
  on(CustomersMergedSchema, 'keep-merges', (tx, events) => keepMerges(tx, 'CUSTOMERS_MERGED', events)),
  on(CustomerSplitSchema, 'keep-splits', (tx, events) =>
    keepMerges(
      tx,
      'CUSTOMER_SPLIT',
      events.map((event) => ({ ...event, absorbedId: event.restoredId })),
    ),
  ),
]

function decidedOf({ profileId, decisionId: subjectId, at }: SendDecided): Kept {
  return { profileId, subjectId, at }
}

function statedOf({ profileId, consentId, at }: { profileId: string; consentId: string; at?: Timestamp }): Kept {
  return { profileId, subjectId: consentId, at }
}

function taggedOf({ profileId, tagId, at }: { profileId: string; tagId: string; at?: Timestamp }): Kept {
  return { profileId, subjectId: tagId, at }
}

/** The id of a coupon has the time at which it was issued. */
function issuedOf({ profileId, couponId }: { profileId: string; couponId: string }): Kept {
  return { profileId, subjectId: couponId, at: timestampFromDate(timeOfId(couponId)) }
}
