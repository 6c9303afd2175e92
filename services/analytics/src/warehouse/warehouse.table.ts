import { moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { bigint, boolean, char, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** One refund, with the moment at which the money went back. */
export type RefundOfOrder = { minor: number; at: string }

/** The newest state of each order. */
export const orderFacts = pgTable(
  'order_facts',
  {
    tenantId: tenantId(),
    orderId: uuid('order_id').notNull(),
    profileId: uuid('profile_id'),
    platform: text().notNull(),
    shopId: text().notNull(),
    currency: char({ length: 3 }).notNull(),
    totalMinor: bigint({ mode: 'number' }).notNull(),
    refundedMinor: bigint({ mode: 'number' }).notNull(),
    paidAt: moment('paid_at'),
    refundedAt: moment('refunded_at'),
    isRefundDocument: boolean().notNull(),
    /** The shop's number; null for orders that an earlier release stored. */
    orderKey: text(),
    parentOrderKey: text(),
    /** Refunds that succeeded; null in rows that an earlier release stored. */
    refunds: jsonb().$type<RefundOfOrder[]>(),
    version: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.orderId] }),
    index('order_facts_profile').on(t.tenantId, t.profileId),
    index('order_facts_paid').on(t.tenantId, t.paidAt),
    index('order_facts_documents')
      .on(t.tenantId, t.platform, t.shopId, t.parentOrderKey)
      .where(sql`is_refund_document AND parent_order_key IS NOT NULL`),
    index('order_facts_key').on(t.tenantId, t.platform, t.shopId, t.orderKey),
    index('order_facts_refunded').on(t.tenantId, t.orderId).where(sql`refunded_minor > 0`),
  ],
)
