import { timestampDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/db/rows'
import { on } from '@renmai/platform/events/inbox'
import { type OrderFact, OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { orderFacts } from './fact.table.ts'
import { markProfilesDirty } from './fact.ts'

/** Keeps the newest state of each order that has a buyer. */
export const keepOrders = on(OrdersChangedSchema, 'keep-orders', async (tx, events) => {
  const rows = events
    .flatMap((event) => event.orders)
    .filter((order) => order.profileId !== '')
    .map(toRow)
  await insertRows(tx, orderFacts, rows, { newest: 'version' })
  await markProfilesDirty(
    tx,
    rows.map((row) => row.profileId),
  )
})

const toRow = (order: OrderFact) => ({
  orderId: order.orderId,
  profileId: order.profileId,
  currency: order.currency,
  totalMinor: Number(order.totalMinor),
  refundedMinor: Number(order.refundedMinor),
  paidAt: order.paidAt ? timestampDate(order.paidAt) : null,
  isRefundDocument: order.isRefundDocument,
  version: Number(order.version),
})
