/**
 * The discount of a coupon and the checks of its states: issued, held for an order, used; returned when the order is
 * refunded in full. The discount is never more than the order's eligible amount. (spec/algorithms 9)
 */
import { AppError } from '@renmai/platform/serve/errors'
import type { Coupon, CouponTemplate } from './coupon.table.ts'

export const LOCK_MS = 15 * 60_000

type Terms = Pick<CouponTemplate, 'kind' | 'thresholdMinor' | 'amountMinor' | 'percent' | 'maxDiscountMinor'>

/** In minor units, rounded half up; 0 below the threshold. */
export function discountOf(terms: Terms, eligibleMinor: number): number {
  if (eligibleMinor < terms.thresholdMinor) return 0
  const rule = terms.kind === 'AMOUNT_OFF' ? (terms.amountMinor ?? 0) : Math.floor((eligibleMinor * (terms.percent ?? 0) + 50) / 100)
  return Math.max(0, Math.min(rule, terms.maxDiscountMinor ?? rule, eligibleMinor))
}

/**
 * Divides a discount among lines by largest remainder, so that partial refunds are exact to the cent.
 * @returns one share per line; they add up to the discount
 */
export function allocate(discountMinor: number, lineAmounts: number[]): number[] {
  const total = lineAmounts.reduce((sum, amount) => sum + amount, 0)
  if (total === 0) return lineAmounts.map(() => 0)
  const exact = lineAmounts.map((amount) => (discountMinor * amount) / total)
  const shares = exact.map(Math.floor)
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index)
  const left = discountMinor - shares.reduce((sum, share) => sum + share, 0)
  for (const { index } of order.slice(0, left)) shares[index]!++
  return shares
}

/** @throws AppError CONFLICT when the coupon cannot be held for this order */
export function checkLock(coupon: Coupon, orderKey: string, now: Date): void {
  if (coupon.state === 'USED') throw new AppError('CONFLICT', 'This coupon is used')
  if (coupon.state === 'EXPIRED' || coupon.expiresAt <= now) throw new AppError('CONFLICT', 'This coupon has expired')
  const isHeld = coupon.state === 'LOCKED' && coupon.lockedUntil !== null && coupon.lockedUntil > now
  if (isHeld && coupon.orderKey !== orderKey) throw new AppError('CONFLICT', 'This coupon is held for another order')
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
