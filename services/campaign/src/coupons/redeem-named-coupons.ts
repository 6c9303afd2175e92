import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { on } from '@renmai/platform/events/inbox'
import { AppError } from '@renmai/platform/serve/errors'
import { type OrderFact, OrderStatus, OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { shareDocuments } from '../facts/fact.ts'
import { orderRow } from '../facts/order-facts.rules.ts'
import { isOf, normaliseCode } from './coupon.rules.ts'
import { type Coupon, coupons } from './coupon.table.ts'
import { allocationOf, grantedBy, refOf } from './coupon-order.rules.ts'
import { findCoupon } from './find-coupon.ts'
import { giveBackCoupons } from './give-back-coupons.ts'
import { holdCoupon } from './hold-coupon.ts'
import { redeemCoupon } from './redeem-coupon.ts'
import { returnRefunded } from './return-refunded.ts'

/**
 * Marks the coupons that a paid order names as used, and returns its coupons when it is refunded in full. A code that cannot
 * be used does not stop the others: the shop has granted the discount already.
 */
export const redeemNamedCoupons = on(OrdersChangedSchema, 'redeem-coupons', async (tx, events) => {
  const orders = events
    .flatMap((event) => event.orders)
    .filter(({ isRefundDocument }) => !isRefundDocument)
    .sort((a, b) => Number(a.version - b.version))
  const naming = orders.filter(({ couponCodes, paidAt, orderKey }) => couponCodes.length > 0 && paidAt && orderKey !== '')
  if (naming.length > 0) await shareDocuments(tx)
  for (const order of orders) {
    const codes = order.couponCodes.flatMap((code) => normaliseCode(code) ?? [])
    if (order.paidAt) for (const code of codes) await redeem(tx, code, order, timestampDate(order.paidAt))
    if (order.status === OrderStatus.REFUNDED) await giveBackCoupons(tx, order, codes, timestampDate(order.modifiedAt!))
  }
  // Their refund documents may have come first.
  await returnRefunded(tx, [...new Map(naming.map((order) => [order.orderId, orderRow(order)])).values()])
})

/** @param at when the order was paid: a coupon that was valid then is used up, however late the event is */
async function redeem(tx: Tx, code: string, order: OrderFact, at: Date): Promise<void> {
  try {
    const { coupon, template } = await findCoupon(tx, code)
    const ref = refOf(order)
    // A late copy of an older state of the order must not use coupons again that its refund returned.
    if (coupon.state === 'USED' || coupon.state === 'RETURNED') if (isOf(coupon, ref)) return linkOrder(tx, coupon, order)
    if (coupon.state === 'USED' || template.currency !== order.currency) return
    const discountMinor = grantedBy(template, order)
    if (discountMinor === 0) return
    const held = await holdCoupon(tx, coupon, ref, { discountMinor, allocation: allocationOf(discountMinor, order) }, at)
    await redeemCoupon(tx, held, template, ref, at)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

/** A coupon that was confirmed with the shop's key learns its order, and the lines that share its discount. */
async function linkOrder(tx: Tx, coupon: Coupon, order: OrderFact): Promise<void> {
  if (coupon.orderId) return
  const allocation = allocationOf(coupon.discountMinor ?? 0, order)
  await tx
    .update(coupons)
    .set({ orderId: order.orderId, allocation })
    .where(mine(tx, coupons, coupon.id))
}
