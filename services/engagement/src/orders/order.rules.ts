/**
 * Orders as they arrive from any shop. The platform's own time of change decides which of two states is newer, not the
 * order of arrival. Lines must add up to the total and the discount.
 */
import { momentProblem } from '@renmai/platform/serve/moments.rules'
import type { IncomingOrder } from '../connectors/incoming.ts'
import type { OrderStatus } from './order.table.ts'

const MAX_LINES = 2_000

/** The reason why an order cannot be stored; undefined when it can. */
export function problemOf(order: IncomingOrder, now: Date): string | undefined {
  if (!/^[A-Z]{3}$/.test(order.currency)) return 'UNKNOWN_CURRENCY'
  if (order.lines.length > MAX_LINES) return 'TOO_MANY_LINES'
  if (!Number.isFinite(order.modifiedAt.getTime())) return 'NO_MODIFIED_TIME'
  return untimelyOf(order, now) ?? unstorableOf(order) ?? inconsistencyOf(order)
}

const untimelyOf = ({ modifiedAt, paidAt, refundedAt }: IncomingOrder, now: Date) =>
  [modifiedAt, paidAt, refundedAt].flatMap((at) => (at && momentProblem(at, now)) ?? [])[0]

function unstorableOf(order: IncomingOrder): string | undefined {
  const amounts = [order.totalMinor, order.discountMinor, order.refundedMinor, order.freightMinor]
  if (![...amounts, ...order.lines.map((line) => line.amountMinor)].every(Number.isSafeInteger)) return 'AMOUNT_TOO_LARGE'
  if (!order.lines.every(({ quantity }) => Number.isInteger(quantity) && Math.abs(quantity) < 2 ** 31)) return 'QUANTITY_TOO_LARGE'
  const texts = [order.orderNo, ...order.couponCodes, ...order.lines.flatMap(({ sku, title }) => [sku, title])]
  return texts.some((one) => one.includes('\0') || !one.isWellFormed()) ? 'TEXT_NOT_STORABLE' : undefined
}

function inconsistencyOf(order: IncomingOrder): string | undefined {
  if (order.totalMinor < 0 || order.discountMinor < 0 || order.refundedMinor < 0) return 'NEGATIVE_AMOUNT'
  if (order.refundedMinor > order.totalMinor && !order.isRefundDocument) return 'REFUND_EXCEEDS_TOTAL'
  if (order.isRefundDocument) return undefined
  const lines = order.lines.reduce((sum, line) => sum + line.amountMinor, 0)
  return lines + order.freightMinor - order.discountMinor === order.totalMinor ? undefined : 'ORDER_INCONSISTENT'
}

/** The status including refunds: shops keep an order finished while its money is refunded. */
export function statusOf(order: Pick<IncomingOrder, 'status' | 'totalMinor' | 'refundedMinor' | 'isRefundDocument'>): OrderStatus {
  if (order.isRefundDocument) return 'REFUNDED'
  if (order.refundedMinor === 0) return order.status
  return order.refundedMinor >= order.totalMinor ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
}
