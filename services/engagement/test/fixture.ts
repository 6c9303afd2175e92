import type { IncomingOrder, IncomingRefund } from '../src/connectors/incoming.ts'

/** Changes of a fixture's order; a refunded amount is one refund that succeeded. */
export type OrderChange = Partial<IncomingOrder> & { refundedMinor?: number; refundedAt?: Date }

/** A refund of an order that succeeded with the year. */
export const refundOf = (amountMinor: number, change: Partial<IncomingRefund> = {}): IncomingRefund => ({
  refundNo: 'R1',
  state: 'SUCCEEDED',
  platformState: '60',
  amountMinor,
  at: new Date('2026-01-01T00:00:00Z'),
  lines: [],
  ...change,
})

/** A paid order of one yuan, as a shop sends it at this minute. */
export function orderAt(minute: number, { refundedMinor = 0, refundedAt, ...change }: OrderChange = {}): IncomingOrder {
  const at = refundedAt ?? new Date('2026-01-01T00:00:00Z')
  return {
    platform: 'YOUZAN',
    shopId: 's',
    orderNo: 'E1',
    status: 'PAID',
    currency: 'CNY',
    lines: [{ sku: 'a', title: 'a', quantity: 1, amountMinor: 100 }],
    totalMinor: 100,
    discountMinor: 0,
    freightMinor: 0,
    refunds: refundedMinor > 0 ? [refundOf(refundedMinor, { at })] : [],
    isRefundDocument: false,
    couponCodes: [],
    paidAt: new Date('2026-01-01T00:00:00Z'),
    modifiedAt: new Date(Date.UTC(2026, 0, 1, 1, minute)),
    buyer: undefined,
    ...change,
  }
}
