import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { AppError } from '@renmai/platform/serve/errors'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { and, eq, inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { checkLock, discountOf, LOCK_MS, normaliseCode } from './coupon.rules.ts'
import { transitions } from './coupon.states.ts'
import { type Coupon, type CouponTemplate, coupons, couponTemplates } from './coupon.table.ts'

const orderKey = z.string().min(1).max(128)
const Lock = z.object({ idempotencyKey, code: z.string().max(40), orderKey, eligibleMinor: z.int().min(0) })
const Settle = z.object({ idempotencyKey, code: z.string().max(40), orderKey })

/** Holds a coupon for an order and decides its discount. */
export async function lockCoupon(ctx: Context, raw: z.input<typeof Lock>): Promise<{ id: string }> {
  const input = parse(Lock, raw)
  return mutate(ctx, { name: 'lockCoupon', scope: 'campaigns:write' }, input, async (tx) => {
    const held = await lock(tx, input.code, input.orderKey, input.eligibleMinor, ctx.now())
    return { decided: { id: held.id }, targetId: held.id }
  })
}

/** Marks a held coupon as used. */
export async function confirmCoupon(ctx: Context, raw: z.input<typeof Settle>): Promise<{ id: string }> {
  const input = parse(Settle, raw)
  return mutate(ctx, { name: 'confirmCoupon', scope: 'campaigns:write' }, input, async (tx) => {
    const { coupon, template } = await find(tx, input.code)
    const used = await confirm(tx, coupon, template, input.orderKey, ctx.now())
    return { decided: { id: used.id }, targetId: used.id }
  })
}

/** Releases a held coupon. */
export async function releaseCoupon(ctx: Context, raw: z.input<typeof Settle>): Promise<{ id: string }> {
  const input = parse(Settle, raw)
  return mutate(ctx, { name: 'releaseCoupon', scope: 'campaigns:write' }, input, async (tx) => {
    const { coupon } = await find(tx, input.code)
    if (coupon.state !== 'LOCKED' || coupon.orderKey !== input.orderKey)
      throw new AppError('CONFLICT', 'This coupon is not held for this order')
    const free = await change(tx, coupon, 'release', { orderKey: null, lockedUntil: null, discountMinor: null })
    return { decided: { id: free.id }, targetId: free.id }
  })
}

export async function lock(tx: Tx, code: string, orderKey: string, eligibleMinor: number, now: Date): Promise<Coupon> {
  const { coupon, template } = await find(tx, code)
  checkLock(coupon, orderKey, now)
  const discountMinor = discountOf(template, eligibleMinor)
  if (discountMinor === 0) throw new AppError('CONFLICT', `The order is below the coupon's threshold of ${template.thresholdMinor}`)
  return change(tx, coupon, 'lock', { orderKey, discountMinor, lockedUntil: new Date(now.getTime() + LOCK_MS) })
}

export async function confirm(tx: Tx, coupon: Coupon, template: CouponTemplate, orderKey: string, now: Date): Promise<Coupon> {
  if (coupon.state === 'USED' && coupon.orderKey === orderKey) return coupon
  if (coupon.state !== 'LOCKED' || coupon.orderKey !== orderKey) throw new AppError('CONFLICT', 'This coupon is not held for this order')
  const used = await change(tx, coupon, 'use', { lockedUntil: null })
  const { id: couponId, profileId, discountMinor } = used
  await publish(tx, transitions.use.event, {
    couponId,
    profileId,
    orderId: orderKey,
    discountMinor: BigInt(discountMinor ?? 0),
    currency: template.currency,
    at: timestampFromDate(now),
  })
  return used
}

/** Reads a coupon for change. The check symbol detects a mistyped code without a query. */
export async function find(tx: Tx, text: string): Promise<{ coupon: Coupon; template: CouponTemplate }> {
  const code = normaliseCode(text)
  const [coupon] = code
    ? await tx
        .select()
        .from(coupons)
        .where(and(eq(coupons.tenantId, tx.tenantId), eq(coupons.code, code)))
        .for('update')
    : []
  if (!coupon) throw new AppError('NOT_FOUND', 'No such coupon')
  const [template] = await tx
    .select()
    .from(couponTemplates)
    .where(and(eq(couponTemplates.tenantId, tx.tenantId), eq(couponTemplates.id, coupon.templateId)))
  return { coupon, template: template! }
}

/** Changes a coupon whose row this transaction has locked. @throws AppError CONFLICT when its state does not allow it */
export async function change(tx: Tx, coupon: Coupon, how: keyof typeof transitions, values: Partial<Coupon> = {}): Promise<Coupon> {
  const { from, to } = transitions[how]
  const [changed] = await tx
    .update(coupons)
    .set({ ...values, state: to })
    .where(and(eq(coupons.tenantId, tx.tenantId), eq(coupons.id, coupon.id), inArray(coupons.state, [...from])))
    .returning()
  if (!changed) throw new AppError('CONFLICT', `This coupon is ${coupon.state}`)
  return changed
}
