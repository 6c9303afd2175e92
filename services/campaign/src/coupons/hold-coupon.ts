import type { Tx } from '@renmai/platform/db/db'
import { changeCoupon } from './change-coupon.ts'
import { checkLock, LOCK_MS, type OrderRef } from './coupon.rules.ts'
import type { AllocatedPart, Coupon } from './coupon.table.ts'

type Granted = { discountMinor: number; allocation?: AllocatedPart[] | null }

/** Holds a coupon for an order. @throws AppError CONFLICT when it is used, has expired, or is held for another order */
export async function holdCoupon(tx: Tx, coupon: Coupon, order: OrderRef, granted: Granted, now: Date): Promise<Coupon> {
  checkLock(coupon, order, now)
  const { discountMinor, allocation = null } = granted
  return changeCoupon(tx, coupon, 'lock', { ...order, discountMinor, allocation, lockedUntil: new Date(now.getTime() + LOCK_MS) })
}
