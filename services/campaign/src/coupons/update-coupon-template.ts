import { mine } from '@renmai/platform/db/rows'
import { changeFailure } from '@renmai/platform/serve/change.failures'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { checkChange } from './coupon.rules.ts'
import { couponTemplates } from './coupon.table.ts'
import { lockCouponTemplate } from './coupon.ts'
import { columnsOf, couponTerms } from './coupon-terms.ts'

const { name, threshold, discount, stock, perCustomer, validFor } = couponTerms.shape
const Input = z.object({
  idempotencyKey,
  couponTemplateId: z.uuid(),
  expectedVersion: z.int().nullish(),
  name: name.nullish(),
  threshold: threshold.nullish(),
  discount: discount.nullish(),
  stock: stock.nullish(),
  perCustomer: perCustomer.nullish(),
  validFor: validFor.nullish(),
})

/**
 * Changes a coupon template. Coupons that were issued keep their days of validity.
 * @throws AppError CONFLICT that names a field which cannot change any more because coupons are issued, or another version
 */
export async function updateCouponTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { idempotencyKey: _key, couponTemplateId: id, expectedVersion, validFor: validDays, ...fields } = input
  const given = Object.fromEntries(Object.entries({ ...fields, validDays }).filter(([, value]) => value !== null && value !== undefined))
  const { threshold, discount, ...plain } = given as Partial<z.output<typeof couponTerms>>
  if (Object.keys(given).length === 0) throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: 'Give at least one field to change' })
  return mutate(ctx, { name: 'updateCouponTemplate', scope: 'campaigns:write' }, input, async (tx) => {
    const template = await lockCouponTemplate(tx, id)
    requireVersion(expectedVersion, template.version)
    checkChange(template, given)
    const money = columnsOf({ threshold, discount }, template.currency)
    await tx
      .update(couponTemplates)
      .set({ ...plain, ...money, version: template.version + 1 })
      .where(mine(tx, couponTemplates, id))
    return { decided: { id }, targetId: id }
  })
}
