import type { Tx } from '@renmai/platform/db/db'
import { all, readRow } from '@renmai/platform/db/rows'
import type { OrderFact } from '@renmai/proto/engagement/v1/events'
import { changeCoupon, FREE } from './change-coupon.ts'
import { coupons } from './coupon.table.ts'

type Refunded = Pick<OrderFact, 'orderId' | 'orderKey' | 'profileId'>

/**
 * Returns the coupons of an order that was refunded in full. A key is unique in one shop only, so a coupon of which only the key
 * is known belongs to the order when the order names it, or when both have the same customer.
 * @param at time of the refund: a coupon that had expired by then is not returned
 */
export async function giveBackCoupons(tx: Tx, order: Refunded, codes: readonly string[], at: Date): Promise<void> {
  const { rows } = await tx.client.query<Record<string, unknown>>(
    `SELECT ${all(coupons)} FROM coupons WHERE tenant_id = $1 AND state IN ('USED', 'LOCKED') AND (
       order_id = $2::uuid OR order_key = $2::uuid::text OR (order_key = $3 AND order_id IS NULL AND (code = ANY($4) OR profile_id IN (
         SELECT $5::uuid UNION SELECT s.profile_id FROM profile_customers m
         JOIN profile_customers s ON s.tenant_id = m.tenant_id AND s.customer_id = m.customer_id WHERE m.tenant_id = $1 AND m.profile_id = $5)))
     ) FOR UPDATE OF coupons`,
    [tx.tenantId, order.orderId, order.orderKey || null, codes, order.profileId || null],
  )
  for (const coupon of rows.map((row) => readRow(coupons, row))) {
    if (coupon.state === 'LOCKED') await changeCoupon(tx, coupon, 'release', FREE)
    else if (coupon.expiresAt > at) await changeCoupon(tx, coupon, 'return', { orderId: order.orderId })
  }
}
