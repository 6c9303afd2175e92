import { id, moment, tenantId } from '@renmai/platform/db/columns'
import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

const KINDS = [
  'TAG_ADDED',
  'TAG_REMOVED',
  'COUPON_ISSUED',
  'COUPON_REDEEMED',
  'JOURNEY_ENTERED',
  'CONSENT_GRANTED',
  'CONSENT_WITHDRAWN',
  'SEND_ALLOWED',
  'SEND_REFUSED',
] as const

const MERGE_KINDS = ['CUSTOMERS_MERGED', 'CUSTOMER_SPLIT'] as const

/** Entries of timelines that other services publish. Entries of engagement are read where they are. */
export const timelineEntries = pgTable(
  'timeline_entries',
  {
    tenantId: tenantId(),
    /** Made of the other columns, so that an event that is consumed again adds nothing. */
    id: id(),
    profileId: uuid('profile_id').notNull(),
    kind: text({ enum: KINDS }).notNull(),
    subjectId: uuid('subject_id').notNull(),
    /** The order that redeemed the coupon. */
    orderId: uuid('order_id'),
    at: moment('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index('timeline_entries_profile').on(t.tenantId, t.profileId, t.at, t.id)],
)

export type KeptEntry = typeof timelineEntries.$inferSelect

/**
 * Merges and their undoing. They belong to customers and to no profile: an entry is in the timelines of the customers that consist
 * of its survivor or of its absorbed customer now, so that after a split both sides show the merge and the split.
 */
export const timelineMerges = pgTable(
  'timeline_merges',
  {
    tenantId: tenantId(),
    /** Id of the decision. */
    id: id(),
    kind: text({ enum: MERGE_KINDS }).notNull(),
    survivorId: uuid('survivor_id').notNull(),
    absorbedId: uuid('absorbed_id').notNull(),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('timeline_merges_survivor').on(t.tenantId, t.survivorId, t.at, t.id),
    index('timeline_merges_absorbed').on(t.tenantId, t.absorbedId, t.at, t.id),
  ],
)

export type KeptMerge = typeof timelineMerges.$inferSelect
