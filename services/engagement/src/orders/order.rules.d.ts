import type { OrderStatus } from './order.table.ts'
export type IncomingOrder = {
  platform: string
  shopId: string
  orderNo: string
  status: OrderStatus
  currency: string
  lines: {
    sku: string
    title: string
    quantity: number
    amountMinor: number
  }[]
  totalMinor: number
  discountMinor: number
  freightMinor: number
  refundedMinor: number
  isRefundDocument: boolean
  couponCodes: string[]
  paidAt: Date | undefined
  refundedAt: Date | undefined
  modifiedAt: Date
  buyer:
    | {
        externalId: string
        phone: string | undefined
      }
    | undefined
}
/** Why an order cannot be stored as it is; undefined when it can. */
export declare function problemOf(order: IncomingOrder, now: Date): string | undefined
/** The status with the refund in it: shops keep an order finished while its money goes back. */
export declare function statusOf(order: Pick<IncomingOrder, 'status' | 'totalMinor' | 'refundedMinor' | 'isRefundDocument'>): OrderStatus
