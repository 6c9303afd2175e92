import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { couponTemplates } from './coupon.table.ts'
import { type Columns, columnsOf, couponTerms } from './coupon-terms.ts'

const Input = couponTerms.extend({ idempotencyKey })

/** @throws AppError INVALID that names an amount in another currency than the threshold's */
export async function createCouponTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { idempotencyKey: _key, threshold, discount, validFor: validDays, ...rest } = input
  const money = columnsOf({ threshold, discount }) as Columns
  return mutate(ctx, { name: 'createCouponTemplate', scope: 'campaigns:write' }, input, async (tx) => {
    const id = newId()
    await tx.insert(couponTemplates).values({ tenantId: tx.tenantId, id, ...rest, ...money, validDays })
    return { decided: { id }, targetId: id }
  })
}
