import type { Tx } from '@renmai/platform/db/db'
import { and, eq } from 'drizzle-orm'
import { couponFailure } from './coupon.failures.ts'
import { normaliseCode } from './coupon.rules.ts'
import { type Coupon, type CouponTemplate, coupons, couponTemplates } from './coupon.table.ts'

/** Reads a coupon for change. The check symbol detects a mistyped code without a query. */
export async function findCoupon(tx: Tx, text: string): Promise<{ coupon: Coupon; template: CouponTemplate }> {
  const code = normaliseCode(text)
  const [coupon] = code
    ? await tx
        .select()
        .from(coupons)
        .where(and(eq(coupons.tenantId, tx.tenantId), eq(coupons.code, code)))
        .for('update')
    : []
  if (!coupon) throw couponFailure('COUPON_NOT_FOUND', 'code')
  const [template] = await tx
    .select()
    .from(couponTemplates)
    .where(and(eq(couponTemplates.tenantId, tx.tenantId), eq(couponTemplates.id, coupon.templateId)))
  return { coupon, template: template! }
}
