import type { Coupon, CouponTemplate } from './coupon.table.ts'
export declare const LOCK_MS: number
type Terms = Pick<CouponTemplate, 'kind' | 'thresholdMinor' | 'amountMinor' | 'percent' | 'maxDiscountMinor'>
/** In minor units, rounded half up; 0 below the threshold. */
export declare function discountOf(terms: Terms, eligibleMinor: number): number
/**
 * Shares a discount out over lines by largest remainder, so that partial refunds are exact to the cent.
 * @returns one share per line; they add up to the discount
 */
export declare function allocate(discountMinor: number, lineAmounts: number[]): number[]
/** @throws AppError CONFLICT when the coupon cannot be held for this order */
export declare function checkLock(coupon: Coupon, orderKey: string, now: Date): void
/** 16 characters of Crockford's base 32 (80 bits) and his check symbol, modulo 37. */
export declare function codeOf(random: Uint8Array): string
export declare function checkSymbol(characters: string): string
/** Reads a code as people write it: small letters, spaces, hyphens, O for 0, I and L for 1. */
export declare function normaliseCode(text: string): string | undefined
export {}
