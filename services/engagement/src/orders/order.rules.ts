/**
 * Orders as they arrive from any shop: what cannot be stored, and the state that includes refunds. Lines, freight and tax
 * less the discount are the total, and each sum that the platform states is the sum of its parts.
 */
import { momentProblem } from '@renmai/platform/serve/moments.rules'
import type { IncomingOrder, IncomingRefund, OrderStatus } from '../connectors/incoming.ts'
import type { OrderState, ParkedOrder } from './order.table.ts'

/** Limit for lines. */
export const MAX_LINES = 2_000
/** Limit for refunds, and for payments. */
export const MAX_PARTS = 500
const MAX_CODE = 200
const MAX_TITLE = 500

export type ParkReason = ParkedOrder['reason']

/** The reason why an order cannot be stored; undefined when it can. */
export function problemOf(order: IncomingOrder, now: Date): ParkReason | undefined {
  if (!order.status) return 'UNKNOWN_STATUS'
  if (Object.keys(order.unreadable ?? {}).length > 0) return 'AMOUNT_NOT_READABLE'
  if (!/^[A-Z]{3}$/.test(order.currency)) return 'UNKNOWN_CURRENCY'
  if (order.lines.length > MAX_LINES || refundsOf(order).length > MAX_PARTS || paymentsOf(order).length > MAX_PARTS) return 'TOO_MANY_LINES'
  if (!Number.isFinite(order.modifiedAt.getTime())) return 'NO_MODIFIED_TIME'
  return untimelyOf(order, now) ?? unstorableOf(order) ?? inconsistencyOf(order)
}

/** What the reason is about, without personal data: the new status, or the fields that cannot be read. */
export function detailOf({ platformStatus = '', unreadable = {} }: IncomingOrder, reason: ParkReason): string | null {
  if (reason === 'UNKNOWN_STATUS') return /^\w{1,64}$/.test(platformStatus) ? platformStatus : null
  return reason === 'AMOUNT_NOT_READABLE' ? Object.keys(unreadable).join(', ').slice(0, MAX_TITLE) : null
}

const refundsOf = ({ refunds = [] }: IncomingOrder) => refunds
const paymentsOf = ({ payments = [] }: IncomingOrder) => payments

function untimelyOf(order: IncomingOrder, now: Date): ParkReason | undefined {
  const { modifiedAt, paidAt, placedAt } = order
  const parts = [...refundsOf(order).map(({ at }) => at), ...paymentsOf(order).map((payment) => payment.paidAt)]
  return [modifiedAt, paidAt, placedAt, ...parts].flatMap((at) => (at && momentProblem(at, now)) ?? [])[0]
}

function unstorableOf(order: IncomingOrder): ParkReason | undefined {
  if (!amountsOf(order).every(Number.isSafeInteger)) return 'AMOUNT_TOO_LARGE'
  const quantities = [...order.lines, ...refundsOf(order).flatMap(({ lines }) => lines)]
  if (!quantities.every(({ quantity }) => Number.isInteger(quantity) && Math.abs(quantity) < 2 ** 31)) return 'QUANTITY_TOO_LARGE'
  return textProblemOf(
    codesOf(order),
    order.lines.map(({ title }) => title),
  )
}

function amountsOf(order: IncomingOrder): number[] {
  const lines = order.lines.flatMap(({ amountMinor, discountMinor = 0, unitPriceMinor = 0 }) => [
    amountMinor,
    discountMinor,
    unitPriceMinor,
  ])
  const refunds = refundsOf(order).flatMap(({ amountMinor, lines: parts }) => [amountMinor, ...parts.map((part) => part.amountMinor)])
  const payments = paymentsOf(order).map(({ amountMinor }) => amountMinor)
  const { totalMinor, discountMinor, freightMinor, taxMinor = 0 } = order
  return [totalMinor, discountMinor, freightMinor, taxMinor, ...lines, ...refunds, ...payments]
}

const codesOf = (order: IncomingOrder): string[] => [
  order.orderNo,
  order.platformStatus ?? '',
  order.salesChannel ?? '',
  order.storeId ?? '',
  order.staffId ?? '',
  order.parentOrderNo ?? '',
  ...order.couponCodes,
  ...order.lines.flatMap(({ sku, lineId = '', productId = '', categoryId = '' }) => [sku, lineId, productId, categoryId]),
  ...refundsOf(order).flatMap(({ refundNo, platformState, lines }) => [refundNo, platformState, ...lines.map(({ lineId }) => lineId)]),
  ...paymentsOf(order).flatMap(({ paymentNo, method }) => [paymentNo, method]),
]

/** PostgreSQL stores no NUL, half a surrogate pair is no character, and codes travel in events. */
function textProblemOf(codes: readonly string[], titles: readonly string[]): ParkReason | undefined {
  if ([...codes, ...titles].some((one) => one.includes('\0') || !one.isWellFormed())) return 'TEXT_NOT_STORABLE'
  return codes.some(({ length }) => length > MAX_CODE) || titles.some(({ length }) => length > MAX_TITLE) ? 'TEXT_TOO_LONG' : undefined
}

function inconsistencyOf(order: IncomingOrder): ParkReason | undefined {
  const { totalMinor, discountMinor, freightMinor, taxMinor = 0, lines, isRefundDocument, sums = [] } = order
  const amounts = [totalMinor, discountMinor, freightMinor, taxMinor, ...refundsOf(order).map(({ amountMinor }) => amountMinor)]
  if (amounts.some((amount) => amount < 0)) return 'NEGATIVE_AMOUNT'
  if (isRefundDocument) return undefined
  if (refundedOf(refundsOf(order)) > totalMinor) return 'REFUND_EXCEEDS_TOTAL'
  const all = [...sums, [totalMinor, sumOf(lines.map(({ amountMinor }) => amountMinor)) + freightMinor + taxMinor - discountMinor] as const]
  const shares = lines.flatMap(({ discountMinor: share }) => (share === undefined ? [] : [share]))
  if (shares.length > 0) all.push([discountMinor, sumOf(shares)])
  return all.every(([stated, summed]) => stated === summed) ? undefined : 'ORDER_INCONSISTENT'
}

export const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0)

/** The money that went back: a refund that was only requested, or was withdrawn, is none. */
export const refundedOf = (refunds: readonly Pick<IncomingRefund, 'state' | 'amountMinor'>[]): number =>
  sumOf(refunds.filter(({ state }) => state === 'SUCCEEDED').map(({ amountMinor }) => amountMinor))

/** The state including refunds: shops keep an order finished while its money is refunded. */
export function stateOf(
  base: OrderStatus,
  { totalMinor, refundedMinor, isRefundDocument }: { totalMinor: number; refundedMinor: number; isRefundDocument: boolean },
): OrderState {
  if (isRefundDocument) return 'REFUNDED'
  if (refundedMinor === 0) return base
  return refundedMinor >= totalMinor ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
}
