import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { changeCoupon } from './change-coupon.ts'
import { couponFailure } from './coupon.failures.ts'
import { isOf, type OrderRef } from './coupon.rules.ts'
import { transitions } from './coupon.states.ts'
import type { Coupon, CouponTemplate } from './coupon.table.ts'

/** Marks a coupon that is held for this order as used, and publishes it. A coupon that the order has used stays as it is. */
export async function redeemCoupon(tx: Tx, coupon: Coupon, template: CouponTemplate, order: OrderRef, now: Date): Promise<Coupon> {
  if (coupon.state === 'USED' && isOf(coupon, order)) return coupon
  if (coupon.state !== 'LOCKED' || !isOf(coupon, order)) throw couponFailure('COUPON_NOT_HELD')
  const used = await changeCoupon(tx, coupon, 'use', { lockedUntil: null })
  const { id: couponId, profileId, discountMinor, orderId, orderKey } = used
  await publish(tx, transitions.use.event, {
    couponId,
    profileId,
    orderId: orderId ?? '',
    orderKey: (orderKey !== orderId && orderKey) || '',
    discountMinor: BigInt(discountMinor ?? 0),
    currency: template.currency,
    at: timestampFromDate(now),
  })
  return used
}
