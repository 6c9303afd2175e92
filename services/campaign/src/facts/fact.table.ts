import { moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { bigint, boolean, char, date, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

// Facts about people. They are kept per profile, so that merging and splitting customers changes none of them.

export const orderFacts = pgTable(
  'order_facts',
  {
    tenantId: tenantId(),
    orderId: uuid('order_id').notNull(),
    /** Null where the buyer is not known: of a refund document, which is taken off its parent, or of an order that names coupons. */
    profileId: uuid('profile_id'),
    /** The shop, its number of the order and of the order's parent; null in rows that an earlier release stored. */
    platform: text(),
    shopId: text(),
    orderKey: text(),
    parentOrderKey: text(),
    currency: char({ length: 3 }).notNull(),
    totalMinor: bigint({ mode: 'number' }).notNull(),
    refundedMinor: bigint({ mode: 'number' }).notNull(),
    paidAt: moment('paid_at'),
    refundedAt: moment('refunded_at'),
    isRefundDocument: boolean().notNull(),
    version: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.orderId] }),
    index('order_facts_profile').on(t.tenantId, t.profileId),
    index('order_facts_key').on(t.tenantId, t.platform, t.shopId, t.orderKey),
    index('order_facts_documents')
      .on(t.tenantId, t.platform, t.shopId, t.parentOrderKey)
      .where(sql`is_refund_document AND parent_order_key IS NOT NULL`),
  ],
)

export const behaviourDays = pgTable(
  'behaviour_days',
  {
    tenantId: tenantId(),
    profileNo: integer().notNull(),
    typeNo: integer().notNull(),
    day: date().notNull(),
    count: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileNo, t.typeNo, t.day] })],
)

export const attributeFacts = pgTable(
  'attribute_facts',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    key: text().notNull(),
    value: text().notNull(),
    observedAt: moment('observed_at').notNull(),
    /** Counts the times that people set and released it; 0 for what sources state alone. */
    version: bigint({ mode: 'number' }).notNull().default(0),
    /** Whether it was released while no source states one; the value is empty then. */
    isRemoved: boolean().notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.key] })],
)

export const tagFacts = pgTable(
  'tag_facts',
  {
    tenantId: tenantId(),
    profileNo: integer().notNull(),
    tagNo: integer().notNull(),
    at: moment('at').notNull(),
    isOn: boolean().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileNo, t.tagNo] })],
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
