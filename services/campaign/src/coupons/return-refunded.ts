import type { Tx } from '@renmai/platform/db/db'
import type { orderFacts } from '../facts/fact.table.ts'
import { orderNet } from '../facts/order-facts.rules.ts'
import { giveBackCoupons } from './give-back-coupons.ts'

type Row = typeof orderFacts.$inferSelect
type Paid = Pick<Row, 'orderId' | 'profileId' | 'platform' | 'shopId' | 'orderKey' | 'currency' | 'totalMinor' | 'refundedMinor'>

type Refunded = { orderId: string; orderKey: string; profileId: string | null; at: Date }

/**
 * Returns the coupons of orders whose refund documents, with their own refunds, add up to their total. The caller holds the lock of
 * refund documents, so that none comes meanwhile.
 * @param orders that were paid, with their own refunds only
 */
export async function returnRefunded(tx: Tx, orders: readonly Paid[]): Promise<void> {
  if (orders.length === 0) return
  const given = orders.map((order) => ({
    tenant_id: tx.tenantId,
    order_id: order.orderId,
    profile_id: order.profileId,
    platform: order.platform,
    shop_id: order.shopId,
    order_key: order.orderKey,
    currency: order.currency,
    total_minor: order.totalMinor,
    refunded_minor: order.refundedMinor,
  }))
  const { rows } = await tx.client.query<Refunded>(
    `SELECT o.order_id AS "orderId", o.order_key AS "orderKey", o.profile_id AS "profileId", last.at
     FROM json_to_recordset($2) AS o (tenant_id uuid, order_id uuid, profile_id uuid, platform text, shop_id text, order_key text,
       currency text, total_minor int8, refunded_minor int8)
     CROSS JOIN LATERAL (
       SELECT max(doc.refunded_at) AS at FROM order_facts doc WHERE doc.tenant_id = $1 AND doc.platform = o.platform
         AND doc.shop_id = o.shop_id AND doc.currency = o.currency AND doc.parent_order_key = o.order_key AND doc.is_refund_document
     ) AS last
     WHERE last.at IS NOT NULL AND o.total_minor > 0 AND ${orderNet.refunded('o')} >= o.total_minor`,
    [tx.tenantId, JSON.stringify(given)],
  )
  for (const { profileId, at, ...order } of rows) await giveBackCoupons(tx, { ...order, profileId: profileId ?? '' }, [], at)
}
