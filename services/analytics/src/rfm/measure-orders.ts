import type { Tx } from '@renmai/platform/db/db'
import { isPaid } from '@renmai/platform/facts/net.rules'
import { orderNet } from '../warehouse/order-facts.rules.ts'
import type { RfmInput } from './rfm.rules.ts'
import type { RfmModel } from './rfm.table.ts'

const { isConversion, isLoose, net, refunds } = orderNet
const isInSpan = (at: string) => `${at} >= span.since AND ${at} < span.upto`
/** Of a refund document that no order can bear. */
const LOOSE = `(SELECT coalesce(sum(r.minor), 0) FROM (${refunds('o')}) r WHERE ${isInSpan('r.at')})`
/** The parts into which a shop splits an order are one order. */
const ORDER = '(o.platform, o.shop_id, coalesce(o.parent_order_key, o.order_key, o.order_id::text))'

/**
 * The orders of customers that count, in the two tables `span` and `counted`. $1 is the tenant, $2 the last day, $3 the length of the window in
 * days, $4 the currency of the orders, null for all, $5 the zone, $6 the shop, null for all.
 */
export const COUNTED = `span AS (
       SELECT ($2::date + 1)::timestamp AT TIME ZONE $5 AS upto, ($2::date + 1 - $3::int)::timestamp AT TIME ZONE $5 AS since
     ), counted AS (
       SELECT m.customer_id, o.paid_at, o.currency, ${ORDER} AS number, ${isConversion('o', 'span.upto')} AS is_order,
         least((CASE WHEN o.is_refund_document THEN coalesce(o.refunded_at, o.paid_at) ELSE o.paid_at END AT TIME ZONE $5)::date, $2::date) AS day,
         CASE WHEN ${isPaid('o')} THEN ${net('o', 'span.upto')} WHEN ${isLoose('o')} THEN -${LOOSE} ELSE 0 END AS money
       FROM order_facts o CROSS JOIN span JOIN profile_customers m ON m.tenant_id = o.tenant_id AND m.profile_id = o.profile_id
       WHERE o.tenant_id = $1 AND ($4::text IS NULL OR o.currency = $4) AND ($6::text IS NULL OR o.shop_id = $6)
         AND ((${isInSpan('o.paid_at')}) OR o.is_refund_document)
     )`

export const FREQUENCY_AND_RECENCY = `count(DISTINCT number) FILTER (WHERE is_order) AS frequency,
         $2::date - (max(paid_at) FILTER (WHERE is_order) AT TIME ZONE $5)::date AS recency`

/**
 * R, F and M per customer, as they were at the end of the window. An order counts when it was paid in the window and not
 * refunded in full by its end; refunds until then are taken off M.
 */
export async function measureOrders(tx: Tx, model: Omit<RfmModel, 'id'>, asOf: string): Promise<RfmInput[]> {
  const { rows } = await tx.client.query<RfmInput>(
    `WITH ${COUNTED}, summed AS (
       SELECT customer_id, ${FREQUENCY_AND_RECENCY}, coalesce(sum(money), 0) AS money
       FROM counted GROUP BY customer_id
     )
     SELECT customer_id AS "customerId", recency AS "recencyDays", frequency::int,
       (CASE WHEN $7 = 'AVG' THEN round(money / frequency) ELSE money END)::bigint AS "monetaryMinor"
     FROM summed WHERE frequency > 0 ORDER BY customer_id`,
    [tx.tenantId, asOf, model.windowDays, model.currency, model.zone, model.shopId, model.monetaryBasis],
  )
  return rows
}
