import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById, rowsOf, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { asc, desc, eq } from 'drizzle-orm'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { orderLines, orders } from './order.table.ts'

type OrderSummary = { id: string; paidOrders: number; netPaid: number; currency: string; lastPaidAt: Date | null }
const MAX_ORDERS = 100
const MAX_LINES = 1_000

export const orderLoaders = (ctx: BaseContext) => ({
  order: rowsById(ctx, orders),
  lines: rowsOf(ctx, { table: orderLines, of: (id) => eq(orderLines.orderId, id), order: asc(orderLines.line), perParent: MAX_LINES }),
  orders: rowsOf(ctx, { table: orders, of: through(orders.profileId, ofCustomer), order: desc(orders.modifiedAt), perParent: MAX_ORDERS }),
  orderSummary: tenantLoader<OrderSummary>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<OrderSummary>(
      `SELECT m.customer_id AS id, count(*) FILTER (WHERE o.paid_at IS NOT NULL AND NOT o.is_refund_document) AS "paidOrders",
         sum(CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.total_minor END - o.refunded_minor)::bigint AS "netPaid", max(o.currency) AS currency, max(o.paid_at) AS "lastPaidAt"
       FROM profile_customers m JOIN orders o ON o.tenant_id = m.tenant_id AND o.profile_id = m.profile_id
       WHERE m.tenant_id = $1 AND m.customer_id = ANY($2) GROUP BY m.customer_id`,
      [tx.tenantId, ids],
    )
    return new Map(rows.map((row) => [row.id, row]))
  }),
})
