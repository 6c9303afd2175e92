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

const DECIMAL = /^-?\d{1,12}(\.\d{1,6})?$/
const LOCAL_TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?$/

/** @param digits digits of the currency's minor unit: 2 for GBP, 0 for JPY */
export function readRow(fields: Record<string, string>, mapping: OrderMapping, digits: number): OrderRow | { reason: string } {
  const at = (column: string | null | undefined) => (column ? (fields[column] ?? '').trim() : '')
  const orderNo = at(mapping.orderNo)
  if (orderNo === '' || orderNo.length > 64) return { reason: 'ORDER_NO_MISSING' }
  if (!/^-?\d{1,9}$/.test(at(mapping.quantity))) return { reason: 'QUANTITY_NOT_AN_INTEGER' }
  if (!DECIMAL.test(at(mapping.unitPrice))) return { reason: 'PRICE_NOT_A_DECIMAL' }
  const occurredAt = readLocalTime(at(mapping.occurredAt))
  if (!occurredAt) return { reason: 'TIME_NOT_READABLE' }
  const isRefund = !!mapping.refundPrefix && orderNo.startsWith(mapping.refundPrefix)
  const quantity = Number(at(mapping.quantity)) * (isRefund ? -1 : 1)
  const price = Number(at(mapping.unitPrice))
  if (price < 0) return { reason: 'PRICE_NEGATIVE' }
  if (quantity <= 0) return { reason: isRefund ? 'REFUND_QUANTITY_NOT_NEGATIVE' : 'QUANTITY_NOT_POSITIVE' }
  // The price is scaled to a whole number first: 1.005 * 100 is not 100.5 in binary.
  const amountMinor = Math.floor((Math.round(price * 10 ** (digits + 4)) * quantity) / 10 ** 4 + 0.5)
  return {
    orderNo,
    sku: at(mapping.sku),
    title: at(mapping.title).slice(0, 500),
    quantity,
    amountMinor,
    occurredAt,
    customerId: at(mapping.customerId).replace(/\.0$/, ''),
    phone: at(mapping.phone),
    email: at(mapping.email),
    name: at(mapping.name),
    isRefund,
  }
}

/** A day and a time that exist, in the form that PostgreSQL reads in a zone. */
function readLocalTime(text: string): string | undefined {
  const match = LOCAL_TIME.exec(text)
  if (!match) return undefined
  const [, day, minute, second = ':00'] = match
  const time = new Date(`${day}T${minute}${second}Z`)
  return Number.isFinite(time.getTime()) && time.toISOString().slice(0, 10) === day ? `${day} ${minute}${second}` : undefined
}

/**
 * The instant of a local time in a zone. Of the two instants of an hour that the clocks repeat it takes the first; a
 * time that the clocks leap over is moved by the leap.
 */
export function instantOf(localTime: string, zone: string): Date {
  const asUtc = new Date(`${localTime.replace(' ', 'T')}Z`).getTime()
  const first = asUtc - offsetAt(asUtc - DAY_MS, zone)
  const second = asUtc - offsetAt(first, zone)
  return new Date(offsetAt(second, zone) === asUtc - second ? second : first)
}

const DAY_MS = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** Milliseconds that the zone is ahead of UTC at an instant. */
function offsetAt(instant: number, zone: string): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  formats.set(zone, format)
  return new Date(`${format.format(instant).replace(' ', 'T')}Z`).getTime() - Math.floor(instant / 1000) * 1000
}
