/** The facts of an order: the row that its event leaves, and the net over these rows. */
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { netOf } from '@renmai/platform/facts/net.rules'
import { type OrderFact, RefundState } from '@renmai/proto/engagement/v1/events'

export const orderNet = netOf({ table: 'order_facts', key: 'order_key', parent: 'parent_order_key' })

/** The row of an order. */
export const orderRow = (order: OrderFact) => ({
  orderId: order.orderId,
  profileId: order.profileId || null,
  platform: order.platform,
  shopId: order.shopId,
  orderKey: order.orderKey || null,
  parentOrderKey: order.parentOrderKey || null,
  currency: order.currency,
  totalMinor: Number(order.totalMinor),
  refundedMinor: Number(refundedOf(order)),
  paidAt: order.paidAt ? timestampDate(order.paidAt) : null,
  refundedAt: order.refundedAt ? timestampDate(order.refundedAt) : order.modifiedAt ? timestampDate(order.modifiedAt) : null,
  isRefundDocument: order.isRefundDocument,
  version: Number(order.version),
})

/** Only refunds that succeeded are taken off. An event from before single refunds were published has only their sum. */
const refundedOf = ({ refunds, refundedMinor }: OrderFact): bigint =>
  refunds.length === 0
    ? refundedMinor
    : refunds.reduce((sum, { state, amountMinor }) => (state === RefundState.SUCCEEDED ? sum + amountMinor : sum), 0n)
