import { timestampDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/bulk'
import { on } from '@renmai/platform/inbox'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { markProfilesDirty } from './mark-dirty.ts'

const COLUMNS = {
  order_id: 'uuid',
  profile_id: 'uuid',
  currency: 'text',
  total_minor: 'int8',
  refunded_minor: 'int8',
  paid_at: 'timestamptz',
  is_refund_document: 'boolean',
  version: 'int8',
} as const

/** Keeps the newest state of each order that has a buyer. */
export const onOrdersChanged = on(OrdersChangedSchema, 'keep-orders', async (tx, events) => {
  const known = events.flatMap((event) => event.orders).filter((order) => order.profileId !== '')
  const newest = new Map(known.toSorted((a, b) => Number(a.version - b.version)).map((order) => [order.orderId, order]))
  const rows = [...newest.values()].map((order) => ({
    order_id: order.orderId,
    profile_id: order.profileId,
    currency: order.currency,
    total_minor: Number(order.totalMinor),
    refunded_minor: Number(order.refundedMinor),
    paid_at: order.paidAt ? timestampDate(order.paidAt) : null,
    is_refund_document: order.isRefundDocument,
    version: Number(order.version),
  }))
  await insertRows(tx, 'order_facts', COLUMNS, rows, {
    conflict: `ON CONFLICT (tenant_id, order_id) DO UPDATE SET profile_id = excluded.profile_id, total_minor = excluded.total_minor,
      refunded_minor = excluded.refunded_minor, paid_at = excluded.paid_at, version = excluded.version WHERE order_facts.version < excluded.version`,
  })
  await markProfilesDirty(
    tx,
    rows.map((row) => row.profile_id),
  )
})
