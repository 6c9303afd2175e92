import { AppError } from '@renmai/platform/serve/errors'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { requireProfile } from '../profiles/profile.ts'
import { issue } from './coupon.ts'

const Input = z.object({ idempotencyKey, templateId: z.uuid(), profileId: z.uuid() })

/** Issues one coupon by hand. */
export async function issueCoupon(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'issueCoupon', scope: 'campaigns:write' }, input, async (tx) => {
    const { templateId, profileId } = input
    await requireProfile(tx, profileId)
    const issued = await issue(tx, { templateId, profileId, sourceKey: `manual:${input.idempotencyKey}`, journeyId: null, now: ctx.now() })
    if ('refusal' in issued)
      throw new AppError(issued.refusal === 'NO_SUCH_TEMPLATE' ? 'NOT_FOUND' : 'CONFLICT', `The coupon cannot be issued: ${issued.refusal}`)
    return { decided: { id: issued.coupon.id }, targetId: issued.coupon.id }
  })
}
