import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { CouponKind } from '../gen/resolvers.ts'
import { couponTemplates } from './coupon.table.ts'

const amount = z.int().min(0).max(100_000_000)
const Input = z
  .object({
    idempotencyKey,
    name: z.string().trim().min(1).max(100),
    kind: z.enum(CouponKind),
    currency: z.string().regex(/^[A-Z]{3}$/),
    thresholdMinor: amount,
    amountMinor: amount.min(1).nullish(),
    percent: z.int().min(1).max(99).nullish(),
    maxDiscountMinor: amount.min(1).nullish(),
    stock: z.int().min(1).max(100_000_000),
    perCustomer: z.int().min(1).max(1_000),
    validDays: z.int().min(1).max(3_650),
  })
  .refine((input) => (input.kind === 'AMOUNT_OFF') === !!input.amountMinor && (input.kind === 'PERCENT_OFF') === !!input.percent, {
    message: 'AMOUNT_OFF needs amountMinor, PERCENT_OFF needs percent',
    path: ['kind'],
  })

export async function createCouponTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'createCouponTemplate', scope: 'campaigns:write' }, input, async (tx) => {
    const { idempotencyKey: _key, ...terms } = input
    const id = newId()
    await tx.insert(couponTemplates).values({ tenantId: tx.tenantId, id, ...terms })
    return { decided: { id }, targetId: id }
  })
}
