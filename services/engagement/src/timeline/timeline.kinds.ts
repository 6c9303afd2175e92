import type { Viewer } from '@renmai/platform/serve/viewer'
import type { TimelineEntryKind } from '../gen/resolvers.ts'

/** Rows of a table that are entries of a kind. The table has a profile, and an index by it. */
type Source = { table: string; at: string; when: string }

const ENDED_UNSENT = "x.state IN ('BLOCKED', 'REJECTED', 'UNKNOWN')"

/** Kinds of entries that are read where they are. An order has one entry when it is paid or refunded, or while it is neither. */
export const OWN_KINDS = {
  TOUCHPOINT: { table: 'touchpoints', at: 'occurred_at', when: 'TRUE' },
  ORDER_PLACED: { table: 'orders', at: 'modified_at', when: 'x.paid_at IS NULL AND x.refunded_at IS NULL' },
  ORDER_PAID: { table: 'orders', at: 'paid_at', when: 'x.paid_at IS NOT NULL' },
  ORDER_REFUNDED: { table: 'orders', at: 'refunded_at', when: 'x.refunded_at IS NOT NULL' },
  MESSAGE_SENT: { table: 'messages', at: 'sent_at', when: 'x.sent_at IS NOT NULL' },
  MESSAGE_NOT_SENT: { table: 'messages', at: 'created_at', when: ENDED_UNSENT },
  MESSAGE_RECEIVED: { table: 'inbound_messages', at: 'received_at', when: 'TRUE' },
  CONTACT_ADDED: { table: 'contacts', at: 'added_at', when: 'TRUE' },
  CONTACT_LOST: { table: 'contacts', at: 'lost_at', when: 'x.lost_at IS NOT NULL' },
} as const satisfies Partial<Record<TimelineEntryKind, Source>>

/** Kinds of entries that belong to customers and to no profile. */
export const MERGE_KINDS = ['CUSTOMERS_MERGED', 'CUSTOMER_SPLIT'] as const satisfies TimelineEntryKind[]

/** The scope that a viewer needs to see that there are entries of a kind. */
const SCOPES: Record<TimelineEntryKind, string> = {
  TOUCHPOINT: 'customers:read',
  ORDER_PLACED: 'orders:read',
  ORDER_PAID: 'orders:read',
  ORDER_REFUNDED: 'orders:read',
  MESSAGE_SENT: 'messages:read',
  MESSAGE_NOT_SENT: 'messages:read',
  MESSAGE_RECEIVED: 'messages:read',
  CONTACT_ADDED: 'customers:read',
  CONTACT_LOST: 'customers:read',
  TAG_ADDED: 'customers:read',
  TAG_REMOVED: 'customers:read',
  COUPON_ISSUED: 'campaigns:read',
  COUPON_REDEEMED: 'campaigns:read',
  JOURNEY_ENTERED: 'campaigns:read',
  CONSENT_GRANTED: 'consents:read',
  CONSENT_WITHDRAWN: 'consents:read',
  SEND_ALLOWED: 'consents:read',
  SEND_REFUSED: 'consents:read',
  CUSTOMERS_MERGED: 'customers:read',
  CUSTOMER_SPLIT: 'customers:read',
}

/** The kinds that a viewer wants and may see. @param wanted all kinds without it */
export const kindsFor = ({ scopes }: Viewer, wanted: readonly TimelineEntryKind[] | null | undefined): TimelineEntryKind[] =>
  (Object.keys(SCOPES) as TimelineEntryKind[]).filter((kind) => scopes.has(SCOPES[kind]) && (!wanted || wanted.includes(kind)))
