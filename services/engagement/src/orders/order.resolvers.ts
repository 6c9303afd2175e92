import { withTenant } from '@renmai/platform/db'
import { isId } from '@renmai/platform/ids'
import { and, desc, eq, lt } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { type Order, orders, parkedOrders } from './order.table.ts'

const MAX_ITEMS = 100
const money = (amount: number, currency: string) => ({ amountMinor: String(amount), currency })

export const orderResolvers: Resolvers = {
  Query: {
    order: (_, { id }, { load }) => (isId(id) ? load.order.load(id) : null),
    orders: (_, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const after = page.after ? lt(orders.id, page.after[0]!) : undefined
        const number = args.orderNo ? eq(orders.orderNo, args.orderNo) : undefined
        const rows = await tx
          .select()
          .from(orders)
          .where(and(eq(orders.tenantId, viewer.tenantId), number, after))
          .orderBy(desc(orders.id))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row: Order) => [row.id])
      })
    },
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
    parkedOrders: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, (tx) =>
        tx.select().from(parkedOrders).where(eq(parkedOrders.tenantId, viewer.tenantId)).orderBy(desc(parkedOrders.id)).limit(MAX_ITEMS),
      ),
  },
  Order: {
    __resolveReference: ({ id }, { load }) => load.order.load(id),
    total: (order) => money(order.totalMinor, order.currency),
    discount: (order) => money(order.discountMinor, order.currency),
    refunded: (order) => money(order.refundedMinor, order.currency),
    customer: async ({ profileId }, _args, { load }) => {
      const id = profileId && (await load.customerOf.load(profileId))
      return id ? { id } : null
    },
    lines: async (order, _args, { load }) =>
      ((await load.lines.load(order.id)) ?? []).map((line) => ({ ...line, amount: money(line.amountMinor, order.currency) })),
  },
  Customer: {
    orders: async ({ id }, _args, { load }) => ((await load.orders.load(id)) ?? []).slice(0, MAX_ITEMS),
    orderSummary: async ({ id }, _args, { load }) => {
      const summary = await load.orderSummary.load(id)
      return summary ? { ...summary, netPaid: money(summary.netPaid, summary.currency) } : null
    },
  },
}
