import { days } from '@renmai/platform/serve/duration'
import { moneyInput, toMoney } from '@renmai/platform/serve/money'
import { z } from 'zod'
import { oneOf } from '../one-of.ts'
import { couponFailure } from './coupon.failures.ts'
import type { CouponTemplate } from './coupon.table.ts'

/** In minor units: no discount needs more. */
const MAX_MINOR = 1_000_000_000_000

/** An amount of at least this many minor units. */
export const amountFrom = (least: number) =>
  moneyInput.refine(({ minor }) => minor >= least && minor <= MAX_MINOR, { message: 'is too small or too large', path: ['amount'] })

/** A shop's key of an order. */
export const orderKey = z.string().min(1).max(128)

/** In the currency's smallest unit. */
export type Amount = { minor: number; currency: string }
type Discount = { amountOff: Amount } | { percentOff: { percent: number; maxDiscount?: Amount | null | undefined } }

const discountSchema = oneOf<Discount>(
  'a discount',
  { amountOff: amountFrom(1), percentOff: z.object({ percent: z.int().min(1).max(99), maxDiscount: amountFrom(1).nullish() }) },
  (kind, value) => ({ [kind]: value }) as Discount,
)

/** Fields of a coupon template that its input sets. Templates are created with all of them. */
export const couponTerms = z.object({
  name: z.string().trim().min(1).max(100),
  threshold: amountFrom(0),
  discount: discountSchema,
  stock: z.int().min(1).max(100_000_000),
  perCustomer: z.int().min(1).max(1_000),
  validFor: days.pipe(z.int().min(1, 'must be at least P1D').max(3_650, 'must be at most P3650D')),
})

type Given = { threshold?: Amount | undefined; discount?: Discount | undefined }
/** The columns of a template's amounts. */
export type Columns = Pick<CouponTemplate, 'kind' | 'currency' | 'thresholdMinor' | 'amountMinor' | 'percent' | 'maxDiscountMinor'>

/**
 * The columns of a threshold and a discount, which have one currency.
 * @param known currency of a template that exists; it changes only together with all amounts
 * @throws AppError INVALID that names an amount in another currency
 */
export function columnsOf({ threshold, discount }: Given, known?: string): Partial<Columns> {
  const currency = threshold && discount ? threshold.currency : (known ?? threshold?.currency)
  if (threshold) requireCurrency(threshold, currency, 'threshold.currency')
  const columns: Partial<Columns> = threshold ? { thresholdMinor: threshold.minor, currency: threshold.currency } : {}
  if (!discount) return columns
  const none = { amountMinor: null, percent: null, maxDiscountMinor: null }
  if ('amountOff' in discount) {
    requireCurrency(discount.amountOff, currency, 'discount.amountOff.currency')
    return { ...columns, ...none, kind: 'AMOUNT_OFF', amountMinor: discount.amountOff.minor }
  }
  const { percent, maxDiscount } = discount.percentOff
  if (maxDiscount) requireCurrency(maxDiscount, currency, 'discount.percentOff.maxDiscount.currency')
  return { ...columns, ...none, kind: 'PERCENT_OFF', percent, maxDiscountMinor: maxDiscount?.minor ?? null }
}

/** @throws AppError INVALID that names the field, when the amount is in another currency */
export function requireCurrency(amount: { currency: string }, expected: string | undefined, field: string): void {
  if (amount.currency === expected) return
  throw couponFailure('COUPON_CURRENCY_WRONG', field, { currency: expected ?? '' })
}

/** The discount of a template in the form of the input. */
export function showDiscount({ kind, currency, amountMinor, percent, maxDiscountMinor }: Columns) {
  const show = (minor: number | null) => (minor === null ? null : toMoney(minor, currency))
  return kind === 'AMOUNT_OFF'
    ? { amountOff: show(amountMinor), percentOff: null }
    : { amountOff: null, percentOff: { percent: percent!, maxDiscount: show(maxDiscountMinor) } }
}
