import type { Resolvers, TimelineEntryKind } from '../gen/resolvers.ts'
import type { TimelineEntryRow } from './timeline.loaders.ts'

/** The id of the subject of an entry of these kinds; undefined for other entries. */
const subjectOf =
  (...kinds: TimelineEntryKind[]) =>
  ({ kind, subjectId }: TimelineEntryRow): string | undefined =>
    kinds.includes(kind) ? subjectId : undefined

const [touchpointOf, messageOf] = [subjectOf('TOUCHPOINT'), subjectOf('MESSAGE_SENT', 'MESSAGE_NOT_SENT')]
const ownOrderOf = subjectOf('ORDER_PLACED', 'ORDER_PAID', 'ORDER_REFUNDED')
const orderOf = (entry: TimelineEntryRow) => ownOrderOf(entry) ?? entry.orderId
const [receivedOf, contactOf] = [subjectOf('MESSAGE_RECEIVED'), subjectOf('CONTACT_ADDED', 'CONTACT_LOST')]
const [tagOf, couponOf] = [subjectOf('TAG_ADDED', 'TAG_REMOVED'), subjectOf('COUPON_ISSUED', 'COUPON_REDEEMED')]
const [journeyOf, consentOf] = [subjectOf('JOURNEY_ENTERED'), subjectOf('CONSENT_GRANTED', 'CONSENT_WITHDRAWN')]
const [decisionOf, mergeOf] = [subjectOf('SEND_ALLOWED', 'SEND_REFUSED'), subjectOf('CUSTOMERS_MERGED', 'CUSTOMER_SPLIT')]

/** An object that another service answers. */
const reference = (id: string | undefined) => (id ? { id } : null)

/** An object of engagement. */
const loaded = <T>(id: string | null | undefined, loader: { load: (id: string) => Promise<T> }) => (id ? loader.load(id) : null)

export const timelineResolvers = {
  TimelineEntry: {
    touchpoint: (entry, _args, { load }) => loaded(touchpointOf(entry), load.touchpoint),
    order: (entry, _args, { load }) => loaded(orderOf(entry), load.order),
    message: (entry, _args, { load }) => loaded(messageOf(entry), load.message),
    receivedMessage: (entry, _args, { load }) => loaded(receivedOf(entry), load.receivedMessage),
    contact: (entry, _args, { load }) => loaded(contactOf(entry), load.contact),
    tag: (entry) => reference(tagOf(entry)),
    coupon: (entry) => reference(couponOf(entry)),
    journey: (entry) => reference(journeyOf(entry)),
    consent: (entry) => reference(consentOf(entry)),
    sendDecision: (entry) => reference(decisionOf(entry)),
    merge: (entry) => reference(mergeOf(entry)),
  },
  Tag: { __resolveReference: ({ id }) => ({ id }) },
  Coupon: { __resolveReference: ({ id }) => ({ id }) },
  Journey: { __resolveReference: ({ id }) => ({ id }) },
  Consent: { __resolveReference: ({ id }) => ({ id }) },
  SendDecision: { __resolveReference: ({ id }) => ({ id }) },
  CustomerMerge: { __resolveReference: ({ id }) => ({ id }) },
  Customer: { timeline: ({ id }, args, { load }) => load.timelineOf(id, args) },
} satisfies Resolvers
