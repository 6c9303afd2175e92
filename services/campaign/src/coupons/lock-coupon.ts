import { toMoney } from '@renmai/platform/serve/money'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { couponFailure } from './coupon.failures.ts'
import { discountOf } from './coupon.rules.ts'
import { amountFrom, orderKey, requireCurrency } from './coupon-terms.ts'
import { findCoupon } from './find-coupon.ts'
import { holdCoupon } from './hold-coupon.ts'

const Input = z.object({ idempotencyKey, code: z.string().max(40), orderKey, eligible: amountFrom(0) })

/**
 * Holds a coupon for an order and decides its discount, of the part of the order's amount that the coupon applies to.
 * @throws AppError INVALID for an amount in another currency than the template's, CONFLICT for one below its threshold
 */
export async function lockCoupon(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'lockCoupon', scope: 'campaigns:write' }, input, async (tx) => {
    const { coupon, template } = await findCoupon(tx, input.code)
    requireCurrency(input.eligible, template.currency, 'eligible.currency')
    const discountMinor = discountOf(template, input.eligible.minor)
    if (discountMinor === 0) throw couponFailure('ORDER_BELOW_THRESHOLD', 'eligible', toMoney(template.thresholdMinor, template.currency))
    const held = await holdCoupon(tx, coupon, { orderId: null, orderKey: input.orderKey }, { discountMinor }, ctx.now())
    return { decided: { id: held.id }, targetId: held.id }
  })
}
