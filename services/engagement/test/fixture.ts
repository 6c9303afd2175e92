import type { IncomingOrder } from '../src/connectors/incoming.ts'

/** A paid order of one yuan, as a shop sends it at this minute. */
export const orderAt = (minute: number, change: Partial<IncomingOrder> = {}): IncomingOrder => ({
  platform: 'P',
  shopId: 's',
  orderNo: 'E1',
  status: 'PAID',
  currency: 'CNY',
  lines: [{ sku: 'a', title: 'a', quantity: 1, amountMinor: 100 }],
  totalMinor: 100,
  discountMinor: 0,
  freightMinor: 0,
  refundedMinor: 0,
  isRefundDocument: false,
  couponCodes: [],
  paidAt: new Date('2026-01-01T00:00:00Z'),
  refundedAt: undefined,
  modifiedAt: new Date(Date.UTC(2026, 0, 1, 1, minute)),
  buyer: undefined,
  ...change,
})
