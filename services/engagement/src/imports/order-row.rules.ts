import { type MomentProblem, momentProblem } from '@renmai/platform/serve/moments.rules'

/**
 * Rows of an order file. A row that cannot be read is rejected alone, with its reason. Prices become minor units row by row,
 * rounding half up. The amounts of a refund document are the refunded amounts.
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

export type FileRow = {
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

/** Limit for one row: the sum of a whole order of 2,000 lines is still exact. */
const MAX_AMOUNT = 4_000_000_000_000
const LIMITS = { sku: 200, customerId: 256, phone: 256, email: 256, name: 256 } as const

/** Settings for reading a file's rows. `digits` is the number of decimals of the currency: 2 for GBP, 0 for JPY. */
export type Reading = { mapping: OrderMapping; digits: number; zone: string; now: Date }

export function readRow(fields: Record<string, string>, { mapping, digits, zone, now }: Reading): FileRow | { reason: string } {
  const at = (column: string | null | undefined) => (column ? (fields[column] ?? '').trim() : '')
  const orderNo = at(mapping.orderNo)
  if (orderNo === '' || orderNo.length > 64) return { reason: 'ORDER_NO_MISSING' }
  if (!/^-?\d{1,9}$/.test(at(mapping.quantity))) return { reason: 'QUANTITY_NOT_AN_INTEGER' }
  if (!DECIMAL.test(at(mapping.unitPrice))) return { reason: 'PRICE_NOT_A_DECIMAL' }
  const occurredAt = readLocalTime(at(mapping.occurredAt))
  if (!occurredAt) return { reason: 'TIME_NOT_READABLE' }
  const untimely = localProblem(occurredAt, zone, now)
  if (untimely) return { reason: untimely }
  const isRefund = !!mapping.refundPrefix && orderNo.startsWith(mapping.refundPrefix)
  const quantity = Number(at(mapping.quantity)) * (isRefund ? -1 : 1)
  const price = Number(at(mapping.unitPrice))
  if (price < 0) return { reason: 'PRICE_NEGATIVE' }
  if (quantity <= 0) return { reason: isRefund ? 'REFUND_QUANTITY_NOT_NEGATIVE' : 'QUANTITY_NOT_POSITIVE' }
  // The price is scaled to a whole number first: 1.005 * 100 is not 100.5 in binary.
  const amountMinor = Math.floor((Math.round(price * 10 ** (digits + 4)) * quantity) / 10 ** 4 + 0.5)
  if (amountMinor > MAX_AMOUNT) return { reason: 'AMOUNT_TOO_LARGE' }
  const texts = {
    sku: at(mapping.sku),
    title: at(mapping.title).slice(0, 500).toWellFormed(),
    customerId: at(mapping.customerId).replace(/\.0$/, ''),
    phone: at(mapping.phone),
    email: at(mapping.email),
    name: at(mapping.name),
  }
  const reason = textProblem({ orderNo, ...texts })
  return reason ? { reason } : { orderNo, ...texts, quantity, amountMinor, occurredAt, isRefund }
}

/** PostgreSQL stores no NUL, and half a surrogate pair is no character. */
function textProblem(texts: Record<string, string>): string | undefined {
  if (Object.values(texts).some((text) => text.includes('\0') || !text.isWellFormed())) return 'TEXT_NOT_STORABLE'
  return Object.entries(LIMITS).some(([name, limit]) => texts[name]!.length > limit) ? 'TEXT_TOO_LONG' : undefined
}

/** The zone is resolved only for a time that may be in the future. */
function localProblem(localTime: string, zone: string, now: Date): MomentProblem | undefined {
  const asUtc = new Date(`${localTime.replace(' ', 'T')}Z`)
  const isClear = momentProblem(asUtc, now) === 'TOO_OLD' || asUtc.getTime() < now.getTime() - DAY_MS
  return momentProblem(isClear ? asUtc : instantOf(localTime, zone), now)
}

/** A day and a time that exist, in the form that PostgreSQL interprets in a zone. */
function readLocalTime(text: string): string | undefined {
  const match = LOCAL_TIME.exec(text)
  if (!match) return undefined
  const [, day, minute, second = ':00'] = match
  const time = new Date(`${day}T${minute}${second}Z`)
  return Number.isFinite(time.getTime()) && time.toISOString().slice(0, 10) === day ? `${day} ${minute}${second}` : undefined
}

/**
 * The instant of a local time in a zone. When the clocks repeat an hour, it is the first of the two instants. A time that
 * the clocks skip is moved later by as much as the clocks go forward.
 */
export function instantOf(localTime: string, zone: string): Date {
  const asUtc = new Date(`${localTime.replace(' ', 'T')}Z`).getTime()
  const first = asUtc - offsetAt(asUtc - DAY_MS, zone)
  const second = asUtc - offsetAt(first, zone)
  return new Date(offsetAt(second, zone) === asUtc - second ? second : first)
}

const DAY_MS = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** Offset of the zone from UTC at an instant, in milliseconds; positive east of UTC. */
function offsetAt(instant: number, zone: string): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  formats.set(zone, format)
  return new Date(`${format.format(instant).replace(' ', 'T')}Z`).getTime() - Math.floor(instant / 1000) * 1000
}
