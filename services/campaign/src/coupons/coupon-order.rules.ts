/** What a coupon took off an order that names it, from the order's own amounts: the shop has granted the discount already. */
import { allocate } from '@renmai/platform/facts/allocate.rules'
import type { OrderFact } from '@renmai/proto/engagement/v1/events'
import { discountOf, type OrderRef, type Terms } from './coupon.rules.ts'
import type { AllocatedPart } from './coupon.table.ts'

/** The order of an event. Events from before keys were published have only the id. */
export const refOf = ({ orderId, orderKey }: Pick<OrderFact, 'orderId' | 'orderKey'>): OrderRef => ({
  orderId,
  orderKey: orderKey || orderId,
})

type Amounts = Pick<OrderFact, 'lines' | 'totalMinor' | 'discountMinor' | 'freightMinor'>

/** All discounts of an order; 0 when its shop states none. */
const discountsOf = ({ lines, discountMinor }: Amounts): bigint =>
  discountMinor > 0n ? discountMinor : lines.reduce((sum, line) => sum + line.discountMinor, 0n)

/** The goods of an order before all discounts; undefined when its shop states no discounts. */
function goodsBefore(order: Amounts): number | undefined {
  const discounts = discountsOf(order)
  if (discounts <= 0n) return undefined
  const { lines, totalMinor, freightMinor } = order
  const goods = lines.map((line) => line.amountMinor + line.discountMinor).reduce((sum, amount) => sum + amount, 0n)
  return Number(lines.length > 0 ? goods : totalMinor - freightMinor + discounts)
}

/**
 * What a coupon took off an order that names it. The threshold applies to the amount before all discounts, so that a coupon
 * beside another promotion counts; where that amount is not known, the shop's grant does.
 * @returns minor units; 0 when the order is below the threshold
 */
export function grantedBy(terms: Terms, order: Amounts): number {
  const before = goodsBefore(order)
  if (before === undefined) return discountBehind(terms, Number(order.totalMinor))
  return Math.min(discountOf(terms, before), Number(discountsOf(order)))
}

/** The discount that leaves this amount. */
function discountBehind({ kind, amountMinor, percent, maxDiscountMinor }: Terms, paidMinor: number): number {
  if (kind === 'AMOUNT_OFF') return amountMinor ?? 0
  const [paid, share] = [BigInt(Math.max(0, paidMinor)), BigInt(percent ?? 0)]
  const rule = Number((2n * paid * share + 100n - share) / (2n * (100n - share)))
  return Math.min(rule, maxDiscountMinor ?? rule)
}

/** The lines' shares of a discount; null when the lines are not known. */
export function allocationOf(discountMinor: number, { lines }: Amounts): AllocatedPart[] | null {
  if (lines.length === 0) return null
  const shares = allocate(
    BigInt(discountMinor),
    lines.map((line) => line.amountMinor + line.discountMinor),
  )
  return lines.flatMap(({ lineId, sku }, index) => (shares[index] ? [{ lineId, sku, minor: Number(shares[index]) }] : []))
}
