import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockReferences, requireUnused } from '../journeys/journey.ts'
import { couponTemplates } from './coupon.table.ts'
import { lockCouponTemplate } from './coupon.ts'

const Input = z.object({ idempotencyKey, couponTemplateId: z.uuid(), expectedVersion: z.int().nullish() })

/**
 * Archives a coupon template that no running journey issues coupons of. Coupons that were issued stay valid.
 * @throws AppError CONFLICT that names journeys which issue its coupons
 */
export async function archiveCouponTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'archiveCouponTemplate', scope: 'campaigns:write' }, input, async (tx) => {
    const id = input.couponTemplateId
    await lockReferences(tx)
    const { archivedAt, version } = await lockCouponTemplate(tx, id)
    requireVersion(input.expectedVersion, version)
    await requireUnused(tx, { couponTemplateId: id }, 'couponTemplateId')
    await tx
      .update(couponTemplates)
      .set({ archivedAt: archivedAt ?? ctx.now() })
      .where(mine(tx, couponTemplates, id))
    return { decided: { id }, targetId: id }
  })
}
