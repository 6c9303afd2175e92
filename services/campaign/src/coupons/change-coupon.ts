import type { Tx } from '@renmai/platform/db/db'
import { and, eq, inArray } from 'drizzle-orm'
import { couponFailure } from './coupon.failures.ts'
import { transitions } from './coupon.states.ts'
import { type Coupon, coupons } from './coupon.table.ts'

/** Changes a coupon whose row this transaction has locked. @throws AppError CONFLICT when its state does not allow it */
export async function changeCoupon(tx: Tx, coupon: Coupon, how: keyof typeof transitions, values: Partial<Coupon> = {}): Promise<Coupon> {
  const { from, to } = transitions[how]
  const [changed] = await tx
    .update(coupons)
    .set({ ...values, state: to })
    .where(and(eq(coupons.tenantId, tx.tenantId), eq(coupons.id, coupon.id), inArray(coupons.state, [...from])))
    .returning()
  if (!changed) throw couponFailure('COUPON_STATE_WRONG', undefined, { state: coupon.state })
  return changed
}

/** Values of a coupon that no order holds. */
export const FREE = { orderId: null, orderKey: null, lockedUntil: null, discountMinor: null, allocation: null } as const
