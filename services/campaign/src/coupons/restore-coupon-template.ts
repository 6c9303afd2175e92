import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { couponTemplates } from './coupon.table.ts'
import { lockCouponTemplate } from './coupon.ts'

const Input = z.object({ idempotencyKey, couponTemplateId: z.uuid(), expectedVersion: z.int().nullish() })

/** Restores an archived coupon template. One that is not archived stays as it is. */
export async function restoreCouponTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'restoreCouponTemplate', scope: 'campaigns:write' }, input, async (tx) => {
    const id = input.couponTemplateId
    requireVersion(input.expectedVersion, (await lockCouponTemplate(tx, id)).version)
    await tx
      .update(couponTemplates)
      .set({ archivedAt: null })
      .where(mine(tx, couponTemplates, id))
    return { decided: { id }, targetId: id }
  })
}
