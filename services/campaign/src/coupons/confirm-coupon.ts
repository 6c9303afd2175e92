import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { orderKey } from './coupon-terms.ts'
import { findCoupon } from './find-coupon.ts'
import { redeemCoupon } from './redeem-coupon.ts'

const Input = z.object({ idempotencyKey, code: z.string().max(40), orderKey })

/** Marks a held coupon as used. @throws AppError CONFLICT for a coupon that is not held for the order */
export async function confirmCoupon(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'confirmCoupon', scope: 'campaigns:write' }, input, async (tx) => {
    const { coupon, template } = await findCoupon(tx, input.code)
    const used = await redeemCoupon(tx, coupon, template, { orderId: null, orderKey: input.orderKey }, ctx.now())
    return { decided: { id: used.id }, targetId: used.id }
  })
}
