import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { changeCoupon, FREE } from './change-coupon.ts'
import { couponFailure } from './coupon.failures.ts'
import { orderKey } from './coupon-terms.ts'
import { findCoupon } from './find-coupon.ts'

const Input = z.object({ idempotencyKey, code: z.string().max(40), orderKey })

/** Releases a held coupon. @throws AppError CONFLICT for a coupon that is not held for the order */
export async function releaseCoupon(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'releaseCoupon', scope: 'campaigns:write' }, input, async (tx) => {
    const { coupon } = await findCoupon(tx, input.code)
    if (coupon.state !== 'LOCKED' || coupon.orderKey !== input.orderKey) throw couponFailure('COUPON_NOT_HELD')
    const free = await changeCoupon(tx, coupon, 'release', FREE)
    return { decided: { id: free.id }, targetId: free.id }
  })
}
