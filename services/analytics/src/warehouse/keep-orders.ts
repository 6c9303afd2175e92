import { timestampDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/db/rows'
import { on } from '@renmai/platform/events/inbox'
import { type OrderFact, OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { orderFacts } from './warehouse.table.ts'

/** Stores the newest state of each order. Orders without a known buyer are included: they are revenue as well. */
export const keepOrders = on(OrdersChangedSchema, 'keep-orders', (tx, events) =>
  insertRows(
    tx,
    orderFacts,
    events.flatMap((event) => event.orders.map(toRow)),
    { newest: 'version' },
  ),
)

const toRow = (order: OrderFact) => ({
  orderId: order.orderId,
  profileId: order.profileId || null,
  platform: order.platform,
  shopId: order.shopId,
  currency: order.currency,
  totalMinor: Number(order.totalMinor),
  refundedMinor: Number(order.refundedMinor),
  paidAt: order.paidAt ? timestampDate(order.paidAt) : null,
  refundedAt: order.refundedAt ? timestampDate(order.refundedAt) : null,
  isRefundDocument: order.isRefundDocument,
  version: Number(order.version),
})
