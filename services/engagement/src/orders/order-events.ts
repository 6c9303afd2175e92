import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { OrderStatus, RefundState } from '@renmai/proto/engagement/v1/events'
import type { Snapshot } from './merge-order.rules.ts'

const at = <K extends string>(name: K, time: Date | null) => (time ? { [name]: timestampFromDate(time) } : {})

/** The event's form of an order, whole. */
function orderFact({ order, lines, refunds, payments }: Snapshot) {
  return {
    orderId: order.id,
    orderKey: order.orderNo,
    parentOrderKey: order.parentOrderNo,
    profileId: order.profileId ?? '',
    platform: order.platform,
    shopId: order.shopId,
    status: OrderStatus[order.state],
    currency: order.currency,
    totalMinor: BigInt(order.totalMinor),
    refundedMinor: BigInt(order.refundedMinor),
    freightMinor: BigInt(order.freightMinor),
    taxMinor: BigInt(order.taxMinor),
    discountMinor: BigInt(order.discountMinor),
    salesChannel: order.salesChannel,
    storeId: order.storeId,
    staffId: order.staffId,
    isRefundDocument: order.isRefundDocument,
    couponCodes: order.couponCodes,
    version: BigInt(order.version),
    modifiedAt: timestampFromDate(order.modifiedAt),
    ...at('paidAt', order.paidAt),
    ...at('refundedAt', order.refundedAt),
    ...at('createdAt', order.placedAt),
    lines: lines.map(lineFact),
    refunds: refunds.map(refundFact),
    payments: payments.map(({ paymentNo, amountMinor, paidAt, method }) => ({
      paymentNo,
      method,
      amountMinor: BigInt(amountMinor),
      ...at('paidAt', paidAt),
    })),
  }
}

const lineFact = (line: Snapshot['lines'][number]) => ({
  lineId: line.lineId,
  productId: line.productId,
  sku: line.sku,
  categoryId: line.categoryId,
  quantity: BigInt(line.quantity),
  ...(line.unitPriceMinor === null ? {} : { unitPriceMinor: BigInt(line.unitPriceMinor) }),
  amountMinor: BigInt(line.amountMinor - line.discountMinor),
  discountMinor: BigInt(line.discountMinor),
  refundedQuantity: BigInt(line.refundedQuantity),
  refundedMinor: BigInt(line.refundedMinor),
})

const refundFact = ({ refundNo, state, amountMinor, at: time, lines }: Snapshot['refunds'][number]) => ({
  refundNo,
  state: state === 'UNKNOWN' ? RefundState.UNSPECIFIED : RefundState[state],
  amountMinor: BigInt(amountMinor),
  at: timestampFromDate(time),
  lines: lines.map((line) => ({ lineId: line.lineId, quantity: BigInt(line.quantity), amountMinor: BigInt(line.amountMinor) })),
})

/** Rows of one event: far below the size that NATS takes. */
const ROWS_PER_EVENT = 2_500

/** Events that carry orders whole, in their order. */
export function orderEvents(snapshots: readonly Snapshot[]): { orders: ReturnType<typeof orderFact>[] }[] {
  const events: { orders: ReturnType<typeof orderFact>[] }[] = []
  let room = 0
  for (const one of snapshots) {
    const size = 1 + one.lines.length + one.refunds.length + one.payments.length
    if (events.length === 0 || size > room) {
      events.push({ orders: [] })
      room = ROWS_PER_EVENT
    }
    events.at(-1)!.orders.push(orderFact(one))
    room -= size
  }
  return events
}
