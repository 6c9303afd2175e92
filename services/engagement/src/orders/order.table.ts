import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { bigint, boolean, char, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

const ORDER_STATUSES = ['CREATED', 'PAID', 'SHIPPED', 'FINISHED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CLOSED'] as const

export const orders = pgTable(
  'orders',
  {
    tenantId: tenantId(),
    id: id(),
    platform: text().notNull(),
    shopId: text().notNull(),
    orderNo: text().notNull(),
    profileId: uuid('profile_id'),
    status: text({ enum: ORDER_STATUSES }).notNull(),
    currency: char({ length: 3 }).notNull(),
    totalMinor: bigint({ mode: 'number' }).notNull(),
    discountMinor: bigint({ mode: 'number' }).notNull(),
    refundedMinor: bigint({ mode: 'number' }).notNull(),
    isRefundDocument: boolean().notNull(),
    couponCodes: text().array().notNull().default([]),
    paidAt: moment('paid_at'),
    refundedAt: moment('refunded_at'),
    /** The platform's own time of the last change; it decides which of two pushes is newer. */
    modifiedAt: moment('modified_at').notNull(),
    version: bigint({ mode: 'number' }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('orders_number').on(t.tenantId, t.platform, t.shopId, t.orderNo),
    index('orders_profile').on(t.tenantId, t.profileId, t.modifiedAt),
  ],
)

export type Order = typeof orders.$inferSelect
export type OrderStatus = Order['status']

export const orderLines = pgTable(
  'order_lines',
  {
    tenantId: tenantId(),
    orderId: uuid('order_id').notNull(),
    line: integer().notNull(),
    sku: text().notNull(),
    title: text().notNull(),
    quantity: integer().notNull(),
    amountMinor: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.orderId, t.line] }),
    foreignKey({ name: 'order_lines_order_exists', columns: [t.tenantId, t.orderId], foreignColumns: [orders.tenantId, orders.id] }),
  ],
)

export const parkedOrders = pgTable(
  'parked_orders',
  {
    tenantId: tenantId(),
    id: id(),
    platform: text().notNull(),
    shopId: text().notNull(),
    orderNo: text().notNull(),
    reason: text().notNull(),
    /** The order as it arrived, sealed. */
    body: bytes('body').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)
