import { withTenant } from '@renmai/platform/db/db'
import { readFirst, readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { orders, parkedOrders } from './order.table.ts'

const MAX_ITEMS = 100
const money = (amount: number, currency: string) => ({ amountMinor: String(amount), currency })

export const orderResolvers = {
  Query: {
    order: (_, { id }, { load }) => (isId(id) ? load.order.load(id) : null),
    orders: (_, { orderNo, ...args }, ctx) =>
      readPage(ctx, args, { table: orders, by: orders.id, order: 'desc', given: { orderNo: orderNo || undefined } }),
    orderCounts: (_, { shopId }, { db, viewer }) =>
      withTenant(db, viewer.tenantId, async (tx) => {
        const { rows } = await tx.client.query(
          `SELECT count(*) FILTER (WHERE NOT is_refund_document) AS orders, count(*) FILTER (WHERE is_refund_document) AS "refundDocuments",
             count(*) FILTER (WHERE profile_id IS NULL) AS anonymous, count(DISTINCT profile_id) AS customers,
             (SELECT count(*) FROM parked_orders WHERE tenant_id = $1 AND ($2::text IS NULL OR shop_id = $2)) AS parked
           FROM orders WHERE tenant_id = $1 AND ($2::text IS NULL OR shop_id = $2)`,
          [viewer.tenantId, shopId ?? null],
        )
        return rows[0]
      }),
    parkedOrders: (_, _args, ctx) => readFirst(ctx, MAX_ITEMS, { table: parkedOrders, by: parkedOrders.id, order: 'desc' }),
  },
  Order: {
    __resolveReference: ({ id }, { load }) => load.order.load(id),
    total: (order) => money(order.totalMinor, order.currency),
    discount: (order) => money(order.discountMinor, order.currency),
    refunded: (order) => money(order.refundedMinor, order.currency),
    customer: async ({ profileId }, _args, { load }) => {
      const id = profileId && (await load.customerOf.load(profileId))?.customerId
      return id ? { id } : null
    },
    lines: async (order, _args, { load }) =>
      ((await load.lines.load(order.id)) ?? []).map((line) => ({ ...line, amount: money(line.amountMinor, order.currency) })),
  },
  Customer: {
    orders: async ({ id }, _args, { load }) => (await load.orders.load(id)) ?? [],
    orderSummary: async ({ id }, _args, { load }) => {
      const summary = await load.orderSummary.load(id)
      return summary ? { ...summary, netPaid: money(summary.netPaid, summary.currency) } : null
    },
  },
} satisfies Resolvers
