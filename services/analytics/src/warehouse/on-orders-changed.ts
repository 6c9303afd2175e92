import { timestampDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/bulk'
import { on } from '@renmai/platform/inbox'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'

const COLUMNS = {
  order_id: 'uuid',
  profile_id: 'uuid',
  platform: 'text',
  shop_id: 'text',
  currency: 'text',
  total_minor: 'int8',
  refunded_minor: 'int8',
  paid_at: 'timestamptz',
  refunded_at: 'timestamptz',
  is_refund_document: 'boolean',
  version: 'int8',
} as const

/** Keeps the newest state of each order, also of those without a known buyer: they are revenue as well. */
export const onOrdersChanged = on(OrdersChangedSchema, 'keep-orders', async (tx, events) => {
  const sorted = events.flatMap((event) => event.orders).sort((a, b) => Number(a.version - b.version))
  const rows = [...new Map(sorted.map((order) => [order.orderId, order])).values()].map((order) => ({
    order_id: order.orderId,
    profile_id: order.profileId || null,
    platform: order.platform,
    shop_id: order.shopId,
    currency: order.currency,
    total_minor: Number(order.totalMinor),
    refunded_minor: Number(order.refundedMinor),
    paid_at: order.paidAt ? timestampDate(order.paidAt) : null,
    refunded_at: order.refundedAt ? timestampDate(order.refundedAt) : null,
    is_refund_document: order.isRefundDocument,
    version: Number(order.version),
  }))
  await insertRows(tx, 'order_facts', COLUMNS, rows, {
    conflict: `ON CONFLICT (tenant_id, order_id) DO UPDATE SET profile_id = excluded.profile_id, total_minor = excluded.total_minor,
      refunded_minor = excluded.refunded_minor, paid_at = excluded.paid_at, refunded_at = excluded.refunded_at, version = excluded.version
      WHERE order_facts.version < excluded.version`,
  })
})
