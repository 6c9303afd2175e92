import { bytes, id, moment, tenantId } from '@renmai/platform/db/columns'
import { leased, leasedIndexes } from '@renmai/platform/work/leased'
import { boolean, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

/** A customer and a member of staff, or a bot, who are or were contacts on a platform. */
export const contacts = pgTable(
  'contacts',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    staffUserId: text().notNull(),
    externalUserId: text().notNull(),
    profileId: uuid('profile_id').notNull(),
    liveCodeId: uuid('live_code_id'),
    addedAt: moment('added_at').notNull(),
    lostAt: moment('lost_at'),
    lostBy: text({ enum: ['STAFF', 'CUSTOMER'] }),
    /** Time of the last event that changed this row; an older event that arrives later changes nothing. */
    changedAt: moment('changed_at').notNull(),
    /** When the platform returned the details; null while that waits, and where the platform has none. */
    detailsAt: moment('details_at'),
    ...leased(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('contacts_pair').on(t.tenantId, t.accountId, t.staffUserId, t.externalUserId),
    index('contacts_profile').on(t.tenantId, t.profileId),
    index('contacts_live_code').on(t.tenantId, t.liveCodeId),
    ...leasedIndexes('contacts', t),
  ],
)

export type Contact = typeof contacts.$inferSelect

/** Additions and losses of contacts, each as its platform reported it. The contact is their projection. */
export const contactEvents = pgTable(
  'contact_events',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    contactId: uuid('contact_id').notNull(),
    kind: text({ enum: ['HALF_ADDED', 'ADDED', 'LOST'] }).notNull(),
    at: moment('at').notNull(),
    /** State of the code that led to the contact, as the platform returned it; null when it returned none. */
    state: text(),
    liveCodeId: uuid('live_code_id'),
    lostBy: text({ enum: ['STAFF', 'CUSTOMER'] }),
    /** The platform's number of the way to the contact; null until the details are read. */
    addWay: integer(),
    /** The name that the member of staff gives the customer, sealed. */
    remark: bytes('remark'),
    /** Whether it was published, as the first of the events that mean the same change. */
    isPublished: boolean().notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('contact_events_once').on(t.tenantId, t.contactId, t.kind, t.at)],
)

/** The place that sealed remarks of a contact are bound to. */
export const remarkPlace = (contactId: string) => `contact_events.remark|${contactId}`

export type ContactEventRow = typeof contactEvents.$inferSelect

/** Welcomes to send within the time that the platform allows after its callback. */
export const welcomes = pgTable(
  'welcomes',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    contactId: uuid('contact_id').notNull(),
    liveCodeId: uuid('live_code_id').notNull(),
    /** The welcome code, sealed. */
    code: bytes('code').notNull(),
    deadline: moment('deadline').notNull(),
    /** The gate's decision about the welcome. */
    decisionId: uuid('decision_id'),
    state: text({ enum: ['PLANNED', 'SENT', 'MISSED'] })
      .notNull()
      .default('PLANNED'),
    ...leased(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    ...leasedIndexes('welcomes', t),
    index('welcomes_live_code').on(t.tenantId, t.liveCodeId),
  ],
)

export type Welcome = typeof welcomes.$inferSelect

/** Messages that customers wrote, sealed. */
export const inboundMessages = pgTable(
  'inbound_messages',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    externalMessageId: text().notNull(),
    profileId: uuid('profile_id').notNull(),
    type: text().notNull(),
    body: bytes('body').notNull(),
    receivedAt: moment('received_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('inbound_messages_once').on(t.tenantId, t.accountId, t.externalMessageId),
    index('inbound_messages_of_profile').on(t.tenantId, t.profileId, t.receivedAt),
  ],
)

export type ReceivedMessageRow = typeof inboundMessages.$inferSelect
