/**
 * Rows of an order file. A row that cannot be read is rejected alone with its reason; prices become minor units row by
 * row, rounding half up; a refund document's amounts are what went back.
 */
export type OrderMapping = {
  orderNo: string
  sku: string
  title: string
  quantity: string
  unitPrice: string
  occurredAt: string
  customerId: string
  refundPrefix?: string | null | undefined
} & Partial<Record<'phone' | 'email' | 'name', string | null | undefined>>
export type OrderRow = {
  orderNo: string
  sku: string
  title: string
  quantity: number
  amountMinor: number
  occurredAt: string
  customerId: string
  phone: string
  email: string
  name: string
  isRefund: boolean
}
/** What a file's rows are read by. Digits are those of the currency's minor unit: 2 for GBP, 0 for JPY. */
export type Reading = {
  mapping: OrderMapping
  digits: number
  zone: string
  now: Date
}
export declare function readRow(
  fields: Record<string, string>,
  { mapping, digits, zone, now }: Reading,
):
  | OrderRow
  | {
      reason: string
    }
/**
 * The instant of a local time in a zone. Of the two instants of an hour that the clocks repeat it takes the first; a
 * time that the clocks leap over is moved by the leap.
 */
export declare function instantOf(localTime: string, zone: string): Date
