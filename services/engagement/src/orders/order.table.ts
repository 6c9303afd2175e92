import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  char,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { RefundLine } from '../connectors/incoming.ts'

const ORDER_STATES = ['CREATED', 'PAID', 'SHIPPED', 'FINISHED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CLOSED'] as const
const PLATFORMS = ['YOUZAN', 'IMPORT'] as const
const REFUND_STATES = ['REQUESTED', 'ACCEPTED', 'SUCCEEDED', 'CLOSED', 'UNKNOWN'] as const
const PARKED_REASONS = [
  'ORDER_INCONSISTENT',
  'NEGATIVE_AMOUNT',
  'REFUND_EXCEEDS_TOTAL',
  'AMOUNT_TOO_LARGE',
  'AMOUNT_NOT_READABLE',
  'QUANTITY_TOO_LARGE',
  'UNKNOWN_CURRENCY',
  'UNKNOWN_STATUS',
  'TOO_MANY_LINES',
  'NO_MODIFIED_TIME',
  'NO_TIME',
  'TOO_OLD',
  'IN_THE_FUTURE',
  'TEXT_NOT_STORABLE',
  'TEXT_TOO_LONG',
] as const

const minor = () => bigint({ mode: 'number' })

export const orders = pgTable(
  'orders',
  {
    tenantId: tenantId(),
    id: id(),
    platform: text({ enum: PLATFORMS }).notNull(),
    shopId: text().notNull(),
    orderNo: text().notNull(),
    profileId: uuid('profile_id'),
    /** The column keeps its name: the previous release serves during an update. */
    state: text('status', { enum: ORDER_STATES }).notNull(),
    currency: char({ length: 3 }).notNull(),
    totalMinor: minor().notNull(),
    discountMinor: minor().notNull(),
    refundedMinor: minor().notNull(),
    freightMinor: minor().notNull().default(0),
    taxMinor: minor().notNull().default(0),
    isRefundDocument: boolean().notNull(),
    couponCodes: text().array().notNull().default([]),
    placedAt: moment('placed_at'),
    paidAt: moment('paid_at'),
    refundedAt: moment('refunded_at'),
    /** The platform's own time of the last change; it decides which of two pushes is newer, then the rank, then its version. */
    modifiedAt: moment('modified_at').notNull(),
    stateRank: integer().notNull().default(0),
    platformVersion: minor().notNull().default(0),
    /** The state without refunds; null in rows of earlier releases. */
    baseState: text({ enum: ORDER_STATES }),
    /** The status in the platform's own words. */
    platformState: text(),
    /** The platform's time of the newest state that named the refunds; null when none did. */
    refundsStatedAt: moment('refunds_stated_at'),
    salesChannel: text().notNull().default(''),
    storeId: text().notNull().default(''),
    staffId: text().notNull().default(''),
    parentOrderNo: text().notNull().default(''),
    version: minor().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('orders_number').on(t.tenantId, t.platform, t.shopId, t.orderNo),
    index('orders_profile').on(t.tenantId, t.profileId, t.modifiedAt),
    index('orders_modified').on(t.tenantId, t.modifiedAt, t.id),
    index('orders_paid_order').on(t.tenantId, t.paidAt, t.id),
    index('orders_no').on(t.tenantId, t.orderNo),
    index('orders_shop').on(t.tenantId, t.shopId, t.id),
    index('orders_state').on(t.tenantId, t.state, t.id),
    index('orders_anonymous').on(t.tenantId, t.id).where(sql`profile_id IS NULL`),
    index('orders_refund_documents').on(t.tenantId, t.id).where(sql`is_refund_document`),
    index('orders_documents_of').on(t.tenantId, t.platform, t.shopId, t.parentOrderNo).where(sql`is_refund_document`),
  ],
)

export type Order = typeof orders.$inferSelect
export type OrderState = Order['state']

export const orderLines = pgTable(
  'order_lines',
  {
    tenantId: tenantId(),
    orderId: uuid('order_id').notNull(),
    line: integer().notNull(),
    lineId: text().notNull().default(''),
    productId: text().notNull().default(''),
    categoryId: text().notNull().default(''),
    sku: text().notNull(),
    title: text().notNull(),
    quantity: integer().notNull(),
    /** Price of one piece; null where the shop does not state it. */
    unitPriceMinor: minor(),
    /** Price of the whole line before discounts. */
    amountMinor: minor().notNull(),
    discountMinor: minor().notNull().default(0),
    /** Of refunds that succeeded and name the line. */
    refundedQuantity: integer().notNull().default(0),
    refundedMinor: minor().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.orderId, t.line] }),
    foreignKey({ name: 'order_lines_order_exists', columns: [t.tenantId, t.orderId], foreignColumns: [orders.tenantId, orders.id] }),
  ],
)

export type OrderLine = typeof orderLines.$inferSelect

export const orderRefunds = pgTable(
  'order_refunds',
  {
    tenantId: tenantId(),
    orderId: uuid('order_id').notNull(),
    refundNo: text().notNull(),
    state: text({ enum: REFUND_STATES }).notNull(),
    /** The state in the platform's own words. */
    platformState: text().notNull(),
    amountMinor: minor().notNull(),
    at: moment('at').notNull(),
    /** The platform's time of the state that named the refund so. */
    statedAt: moment('stated_at').notNull(),
    lines: jsonb().$type<RefundLine[]>().notNull().default([]),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.orderId, t.refundNo] }),
    foreignKey({ name: 'order_refunds_order_exists', columns: [t.tenantId, t.orderId], foreignColumns: [orders.tenantId, orders.id] }),
  ],
)

export type OrderRefund = typeof orderRefunds.$inferSelect

export const orderPayments = pgTable(
  'order_payments',
  {
    tenantId: tenantId(),
    orderId: uuid('order_id').notNull(),
    paymentNo: text().notNull(),
    amountMinor: minor().notNull(),
    paidAt: moment('paid_at'),
    method: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.orderId, t.paymentNo] }),
    foreignKey({ name: 'order_payments_order_exists', columns: [t.tenantId, t.orderId], foreignColumns: [orders.tenantId, orders.id] }),
  ],
)

export type OrderPayment = typeof orderPayments.$inferSelect

export const parkedOrders = pgTable(
  'parked_orders',
  {
    tenantId: tenantId(),
    id: id(),
    platform: text({ enum: PLATFORMS }).notNull(),
    shopId: text().notNull(),
    orderNo: text().notNull(),
    reason: text({ enum: PARKED_REASONS }).notNull(),
    /** The new status, or the fields that cannot be read; null where the reason is enough. */
    detail: text(),
    /** The order as it arrived, sealed. */
    body: bytes('body').notNull(),
    /** Keyed hash of the body before it was sealed: the same state is kept once. Null in rows of earlier releases. */
    bodyHash: bytes('body_hash'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('parked_orders_reason').on(t.tenantId, t.reason, t.id),
    index('parked_orders_shop').on(t.tenantId, t.shopId, t.id),
    uniqueIndex('parked_orders_once').on(t.tenantId, t.bodyHash),
  ],
)

export type ParkedOrder = typeof parkedOrders.$inferSelect
