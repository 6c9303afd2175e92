import { moment, tenantId } from '@renmai/platform/db/columns'
import { bigint, boolean, char, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

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
    version: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.orderId] }),
    index('order_facts_profile').on(t.tenantId, t.profileId),
    index('order_facts_paid').on(t.tenantId, t.paidAt),
  ],
)
