/**
 * The discount of a coupon and the checks of its states: issued, held for an order, used; returned when the order is
 * refunded in full. The discount is never more than the order's eligible amount. (spec/algorithms 9)
 */

import { couponFailure } from './coupon.failures.ts'
import type { Coupon, CouponTemplate } from './coupon.table.ts'

export const LOCK_MS = 15 * 60_000

export type Terms = Pick<CouponTemplate, 'kind' | 'thresholdMinor' | 'amountMinor' | 'percent' | 'maxDiscountMinor'>

/** In minor units, rounded half up; 0 below the threshold. */
export function discountOf(terms: Terms, eligibleMinor: number): number {
  if (eligibleMinor < terms.thresholdMinor) return 0
  const rule = terms.kind === 'AMOUNT_OFF' ? (terms.amountMinor ?? 0) : percentOf(eligibleMinor, terms.percent ?? 0)
  return Math.max(0, Math.min(rule, terms.maxDiscountMinor ?? rule, eligibleMinor))
}

/** Exact also where the product exceeds 2^53. */
const percentOf = (minor: number, percent: number): number => Number((BigInt(minor) * BigInt(percent) + 50n) / 100n)

/**
 * Coupons that customers hold keep the terms with which they were issued: after the first one the threshold and the discount
 * stay. The name, the stock, the limit per customer and the validity of later coupons may change.
 * @throws AppError CONFLICT that names the field which cannot change
 */
export function checkChange({ issued }: Pick<CouponTemplate, 'issued'>, changes: { [field: string]: unknown }): void {
  const fixed = issued > 0 ? ['threshold', 'discount'].filter((field) => field in changes) : []
  if (fixed.length > 0) throw couponFailure('COUPON_TERMS_FIXED', fixed, { issued })
  if (Number(changes.stock ?? issued) < issued) throw couponFailure('COUPON_STOCK_BELOW_ISSUED', 'stock', { issued })
}

/** An order, by our id and by the key of its shop; either may be unknown. */
export type OrderRef = { readonly orderId: string | null; readonly orderKey: string | null }

/** Whether a coupon is held for, or was used by, this order. Rows of an earlier release have the id as the key. */
export const isOf = (coupon: Pick<Coupon, 'orderId' | 'orderKey'>, { orderId, orderKey }: OrderRef): boolean =>
  (orderId !== null && (coupon.orderId === orderId || coupon.orderKey === orderId)) || (orderKey !== null && coupon.orderKey === orderKey)

/** @throws AppError CONFLICT when the coupon cannot be held for this order */
export function checkLock(coupon: Coupon, order: OrderRef, now: Date): void {
  if (coupon.state === 'USED') throw couponFailure('COUPON_USED')
  if (coupon.state === 'EXPIRED' || coupon.expiresAt <= now) throw couponFailure('COUPON_EXPIRED')
  const isHeld = coupon.state === 'LOCKED' && coupon.lockedUntil !== null && coupon.lockedUntil > now
  if (isHeld && !isOf(coupon, order)) throw couponFailure('COUPON_HELD_FOR_OTHER_ORDER')
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CHECK_ALPHABET = `${ALPHABET}*~$=U`

/** 16 characters of Crockford's base 32 (80 bits) and its check symbol, modulo 37. */
export function codeOf(random: Uint8Array): string {
  const characters = [...random.subarray(0, 16)].map((byte) => ALPHABET[byte % 32]!).join('')
  return characters + checkSymbol(characters)
}

export function checkSymbol(characters: string): string {
  let value = 0n
  for (const character of characters) value = value * 32n + BigInt(ALPHABET.indexOf(character))
  return CHECK_ALPHABET[Number(value % 37n)]!
}

/** Normalises a code as people write it: small letters, spaces, hyphens, O for 0, I and L for 1. */
export function normaliseCode(text: string): string | undefined {
  const code = text.toUpperCase().replace(/[\s-]/g, '')
  const body = code.slice(0, 16).replaceAll('O', '0').replace(/[IL]/g, '1')
  if (code.length !== 17 || !/^[0-9A-HJKMNP-TV-Z]{16}$/.test(body)) return undefined
  return checkSymbol(body) === code[16] ? body + code[16] : undefined
}
