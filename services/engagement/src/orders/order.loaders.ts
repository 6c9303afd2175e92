import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById, rowsOf, through } from '@renmai/platform/db/rows-by-id'
import { isPaid, netOf } from '@renmai/platform/facts/net.rules'
import { type Money, toMoney } from '@renmai/platform/serve/money'
import { asc, eq } from 'drizzle-orm'
import type { CustomerOrdersArgs } from '../gen/resolvers.ts'
import type { Listing } from '../listing.ts'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { listOrders } from './order.queries.ts'
import { MAX_LINES, MAX_PARTS } from './order.rules.ts'
import {
  type Order,
  type OrderLine,
  type OrderPayment,
  type OrderRefund,
  orderLines,
  orderPayments,
  orderRefunds,
  orders,
  parkedOrders,
} from './order.table.ts'

/** Parts of an order with its currency. */
export type OrderLineRow = OrderLine & Pick<Order, 'currency' | 'platform' | 'shopId'>
export type OrderRefundRow = OrderRefund & { currency: string }
export type OrderPaymentRow = OrderPayment & { currency: string }

type OrderSummary = { paidOrders: number; netPaid: Money[]; lastPaidAt: Date | null }
type OfCurrency = { id: string; currency: string; paidOrders: number; net: string; hasMoney: boolean; lastPaidAt: Date | null }
const orderNet = netOf({ table: 'orders', key: 'order_no', parent: 'parent_order_no' })

export const orderLoaders = (ctx: Listing) => ({
  order: rowsById(ctx, orders),
  parkedOrder: rowsById(ctx, parkedOrders),
  lines: rowsOf(ctx, { table: orderLines, of: (id) => eq(orderLines.orderId, id), order: asc(orderLines.line), perParent: MAX_LINES }),
  refunds: rowsOf(ctx, {
    table: orderRefunds,
    of: (id) => eq(orderRefunds.orderId, id),
    order: asc(orderRefunds.refundNo),
    perParent: MAX_PARTS,
  }),
  payments: rowsOf(ctx, {
    table: orderPayments,
    of: (id) => eq(orderPayments.orderId, id),
    order: asc(orderPayments.paymentNo),
    perParent: MAX_PARTS,
  }),
  parentOf: tenantLoader<{ id: string }>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ of: string; id: string }>(
      `SELECT o.id AS of, p.id FROM orders o JOIN orders p ON p.tenant_id = o.tenant_id AND p.platform = o.platform
         AND p.shop_id = o.shop_id AND p.order_no = o.parent_order_no AND p.id <> o.id
       WHERE o.tenant_id = $1 AND o.id = ANY($2) AND o.parent_order_no <> ''`,
      [tx.tenantId, ids],
    )
    return new Map(rows.map(({ of, id }) => [of, { id }]))
  }),
  ordersOf: pagesOf(ctx, through(orders.profileId, ofCustomer), (args: Partial<CustomerOrdersArgs>) => listOrders(args)),
  orderSummary: tenantLoader<OrderSummary>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<OfCurrency>(
      `SELECT m.customer_id AS id, o.currency, count(*) FILTER (WHERE ${isPaid('o')}) AS "paidOrders", sum(${orderNet.share('o')})::text AS net,
         bool_or(${isPaid('o')} OR ${orderNet.isLoose('o')}) AS "hasMoney", max(o.paid_at) FILTER (WHERE ${isPaid('o')}) AS "lastPaidAt"
       FROM profile_customers m JOIN orders o ON o.tenant_id = m.tenant_id AND o.profile_id = m.profile_id
       WHERE m.tenant_id = $1 AND m.customer_id = ANY($2) GROUP BY m.customer_id, o.currency ORDER BY o.currency`,
      [tx.tenantId, ids],
    )
    return new Map([...Map.groupBy(rows, ({ id }) => id)].map(([id, all]) => [id, summaryOf(all)]))
  }),
})

/** Counts are of all orders; amounts are of one currency each. */
function summaryOf(all: readonly OfCurrency[]): OrderSummary {
  const times = all.flatMap(({ lastPaidAt }) => (lastPaidAt ? [lastPaidAt.getTime()] : []))
  return {
    paidOrders: all.reduce((sum, { paidOrders }) => sum + paidOrders, 0),
    netPaid: all.filter(({ hasMoney }) => hasMoney).map(({ net, currency }) => toMoney(net, currency)),
    lastPaidAt: times.length > 0 ? new Date(Math.max(...times)) : null,
  }
}
