import { AppError } from '@renmai/platform/serve/errors'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { oneOf } from '../one-of.ts'
import { requireCustomer, requireProfile } from '../profiles/profile.ts'
import { couponFailure } from './coupon.failures.ts'
import { issue, type Refusal } from './coupon.ts'

type Recipient = { customerId: string } | { profileId: string }
const recipient = oneOf<Recipient>(
  'a recipient',
  { customerId: z.uuid(), profileId: z.uuid() },
  (kind, value) => ({ [kind]: value }) as Recipient,
)
const Input = z.object({ idempotencyKey, couponTemplateId: z.uuid(), recipient })

/**
 * Issues one coupon by hand.
 * @throws AppError NOT_FOUND for a template, customer or profile that the tenant does not have, CONFLICT for one that gets no coupon
 */
export async function issueCoupon(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'issueCoupon', scope: 'campaigns:write' }, input, async (tx) => {
    const { couponTemplateId: templateId, recipient, idempotencyKey } = input
    const profileId =
      'customerId' in recipient
        ? await requireCustomer(tx, recipient.customerId, 'recipient.customerId')
        : await requireProfile(tx, recipient.profileId, 'recipient.profileId')
    const issued = await issue(tx, { templateId, profileId, sourceKey: `manual:${idempotencyKey}`, journeyId: null, now: ctx.now() })
    if ('refusal' in issued) throw errorOf(issued.refusal)
    return { decided: { id: issued.coupon.id }, targetId: issued.coupon.id }
  })
}

function errorOf(refusal: Refusal): AppError {
  switch (refusal) {
    case 'NO_SUCH_TEMPLATE':
      return couponFailure('COUPON_TEMPLATE_NOT_FOUND', 'couponTemplateId')
    case 'TEMPLATE_ARCHIVED':
      return couponFailure('COUPON_TEMPLATE_ARCHIVED', 'couponTemplateId')
    case 'OUT_OF_STOCK':
      return couponFailure('COUPON_OUT_OF_STOCK', 'couponTemplateId')
    case 'LIMIT_PER_CUSTOMER':
      return couponFailure('COUPON_LIMIT_REACHED', 'recipient')
  }
}
