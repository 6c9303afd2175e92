import { moment, tenantId } from '@renmai/platform/db/columns'
import { bigint, boolean, char, date, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

// Facts about people. They are kept per profile, so that merging and splitting customers changes none of them.

export const orderFacts = pgTable(
  'order_facts',
  {
    tenantId: tenantId(),
    orderId: uuid('order_id').notNull(),
    profileId: uuid('profile_id').notNull(),
    currency: char({ length: 3 }).notNull(),
    totalMinor: bigint({ mode: 'number' }).notNull(),
    refundedMinor: bigint({ mode: 'number' }).notNull(),
    paidAt: moment('paid_at'),
    isRefundDocument: boolean().notNull(),
    version: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.orderId] }), index('order_facts_profile').on(t.tenantId, t.profileId)],
)

export const behaviourDays = pgTable(
  'behaviour_days',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    type: text().notNull(),
    day: date().notNull(),
    count: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.type, t.day] })],
)

export const attributeFacts = pgTable(
  'attribute_facts',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    key: text().notNull(),
    value: text().notNull(),
    observedAt: moment('observed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.key] })],
)

export const tagFacts = pgTable(
  'tag_facts',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    tagId: uuid('tag_id').notNull(),
    isOn: boolean().notNull(),
    at: moment('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.tagId] })],
)

/** The class is a result of analytics about a customer, not a fact of a profile; the next run replaces it. */
export const rfmFacts = pgTable(
  'rfm_facts',
  {
    tenantId: tenantId(),
    customerId: uuid('customer_id').notNull(),
    rfmClass: text().notNull(),
    runNumber: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.customerId] })],
)

/** Customers whose segments must be evaluated again. */
export const dirtyCustomers = pgTable(
  'dirty_customers',
  {
    tenantId: tenantId(),
    customerId: uuid('customer_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.customerId] })],
)
