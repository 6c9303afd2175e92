import { timestampDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/db/rows'
import { ofState, on } from '@renmai/platform/events/inbox'
import { type OrderFact, OrdersChangedSchema, RefundState } from '@renmai/proto/engagement/v1/events'
import { orderFacts, type RefundOfOrder } from './warehouse.table.ts'

/** Stores the newest state of each order. Orders without a known buyer are included: they are revenue as well. */
export const keepOrders = ofState(
  on(OrdersChangedSchema, 'keep-orders', (tx, events) =>
    insertRows(
      tx,
      orderFacts,
      events.flatMap((event) => event.orders.map(toRow)),
      { newest: 'version' },
    ),
  ),
)

function toRow(order: OrderFact) {
  const refunds = refundsOf(order)
  const last = order.refundedAt ? timestampDate(order.refundedAt) : lastOf(refunds)
  return {
    orderId: order.orderId,
    profileId: order.profileId || null,
    platform: order.platform,
    shopId: order.shopId,
    orderKey: order.orderKey || null,
    parentOrderKey: order.parentOrderKey || null,
    currency: order.currency,
    totalMinor: Number(order.totalMinor),
    refundedMinor: order.refunds.length > 0 ? refunds.reduce((sum, { minor }) => sum + minor, 0) : Number(order.refundedMinor),
    refunds,
    paidAt: order.paidAt ? timestampDate(order.paidAt) : null,
    refundedAt: last ?? null,
    isRefundDocument: order.isRefundDocument,
    version: Number(order.version),
  }
}

/** Refunds that succeeded. An event from before single refunds were published has one, at the last moment that it knows. */
function refundsOf({ refunds, refundedMinor, refundedAt, modifiedAt, paidAt }: OrderFact): RefundOfOrder[] {
  const known = refundedAt ?? modifiedAt ?? paidAt
  const timed = (minor: bigint, at = known) => (at && minor > 0n ? [{ minor: Number(minor), at: timestampDate(at).toISOString() }] : [])
  if (refunds.length === 0) return timed(refundedMinor)
  return refunds.flatMap((one) => (one.state === RefundState.SUCCEEDED ? timed(one.amountMinor, one.at) : []))
}

const lastOf = (refunds: readonly RefundOfOrder[]): Date | undefined => {
  const times = refunds.map(({ at }) => Date.parse(at))
  return times.length > 0 ? new Date(Math.max(...times)) : undefined
}
