import { type MomentProblem, momentProblem } from '@renmai/platform/serve/moments.rules'
import type { Buyer } from '../connectors/incoming.ts'
import type { ImportNoteKind, RejectionReason } from '../gen/resolvers.ts'
import { readBuyer, SCIENTIFIC } from '../orders/buyer.rules.ts'

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
  unitPriceMinor: number | null
  amountMinor: number
  occurredAt: string
  /** The buyer as the row names it. */
  buyer: Buyer
  isRefund: boolean
  /** What was cleaned in the row, or left out of it. */
  notes: ImportNoteKind[]
}

/** A row that is rejected, with the number of its order where it can be read. */
export type BadRow = { reason: RejectionReason; orderNo: string | null }

const PRICE = /^-?\d{1,12}(\.\d{1,6})?$/
/** Thousands in groups: with decimals behind them the comma has one meaning. */
const GROUPED = /^-?\d{1,3}(,\d{3})+(?=\.\d+$)/
/** The year comes first: of 5/3/2026 nobody knows the month. */
const LOCAL_TIME = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})[ T](\d{1,2})(:\d{2})(:\d{2})?(?:\.0+)?$/

/** Limit for one row: the sum of a whole order of 2,000 lines is still exact. */
const MAX_AMOUNT = 4_000_000_000_000n
const MAX_ORDER_NO = 64
/** Rows of one order. */
export const MAX_ROWS_OF_ORDER = 2_000
const LIMITS = { sku: 200, customerId: 256, phone: 256, email: 256, name: 256 } as const

/** Settings for reading a file's rows. `digits` is the number of decimals of the currency: 2 for GBP, 0 for JPY. */
export type Reading = { mapping: OrderMapping; digits: number; zone: string; now: Date }

export function readRow(fields: Record<string, string>, { mapping, digits, zone, now }: Reading): FileRow | BadRow {
  const at = (column: string | null | undefined) => (column ? cleanCell(fields[column] ?? '') : '')
  const orderNo = at(mapping.orderNo).replace(/^(\d+)\.0+$/, '$1')
  const bad = (reason: RejectionReason): BadRow => ({ reason, orderNo: isStorable(orderNo) ? orderNo : null })
  const problem = orderNoProblem(orderNo)
  if (problem) return { reason: problem, orderNo: null }
  const quantityText = at(mapping.quantity).replace(/\.0+$/, '')
  const price = at(mapping.unitPrice).replace(GROUPED, (whole) => whole.replaceAll(',', ''))
  if (!/^-?\d{1,9}$/.test(quantityText)) return bad('QUANTITY_NOT_AN_INTEGER')
  if (!PRICE.test(price)) return bad('PRICE_NOT_A_DECIMAL')
  const occurredAt = readLocalTime(at(mapping.occurredAt))
  if (!occurredAt) return bad('TIME_NOT_READABLE')
  const untimely = localProblem(occurredAt, zone, now)
  if (untimely) return bad(untimely)
  const isRefund = isRefundNo(orderNo, mapping)
  const quantity = Number(quantityText) * (isRefund ? -1 : 1)
  if (/^-.*[1-9]/.test(price)) return bad('PRICE_NEGATIVE')
  if (quantity <= 0) return bad(isRefund ? 'REFUND_QUANTITY_NOT_NEGATIVE' : 'QUANTITY_NOT_POSITIVE')
  const amount = timesPrice(price.replace('-', ''), quantity, digits)
  if (amount > MAX_AMOUNT) return bad('AMOUNT_TOO_LARGE')
  const given = { externalId: at(mapping.customerId), phone: at(mapping.phone), email: at(mapping.email), name: at(mapping.name) }
  const texts = { sku: at(mapping.sku), title: at(mapping.title).slice(0, 500).toWellFormed() }
  const reason = textProblem({ orderNo, ...texts, customerId: given.externalId, phone: given.phone, email: given.email, name: given.name })
  if (reason) return bad(reason)
  const cleaned = orderNo === (fields[mapping.orderNo] ?? '').trim() ? [] : (['ORDER_NO_CLEANED'] as const)
  const notes = [...cleaned, ...readBuyer(given).leftOut]
  const unitPriceMinor = exactPrice(price.replace('-', ''), digits)
  return { orderNo, ...texts, quantity, unitPriceMinor, amountMinor: Number(amount), occurredAt, buyer: given, isRefund, notes }
}

const isRefundNo = (orderNo: string, { refundPrefix }: OrderMapping): boolean => !!refundPrefix && orderNo.startsWith(refundPrefix)

/** Takes off what spreadsheets and exports put around a value to keep it as text: ="1", an apostrophe, tabs and other blanks. */
function cleanCell(text: string): string {
  const bare = text.replace(BLANKS, '')
  const inner = /^="(.*)"$/s.exec(bare)?.[1] ?? bare
  return inner.replace(/^['\u2018\u2019`]/, '').replace(BLANKS, '')
}

const BLANKS = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu

function orderNoProblem(orderNo: string): RejectionReason | undefined {
  if (orderNo === '' || orderNo.length > MAX_ORDER_NO) return 'ORDER_NO_MISSING'
  if (SCIENTIFIC.test(orderNo)) return 'ORDER_NO_DAMAGED'
  return isStorable(orderNo) ? undefined : 'TEXT_NOT_STORABLE'
}

const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed()

/**
 * The amount of so many pieces in minor units, rounding half up once, after the multiplication: in binary fractions 1.005 times
 * 100 is less than 100.5.
 */
function timesPrice(price: string, quantity: number, digits: number): bigint {
  const [whole = '', fraction = ''] = price.split('.')
  const scaled = BigInt(`${whole}${fraction}`) * BigInt(quantity) * 10n ** BigInt(digits)
  const unit = 10n ** BigInt(fraction.length)
  return (scaled * 2n + unit) / (unit * 2n)
}

/** The price of one piece in minor units; null for a price with more decimals than the currency. */
function exactPrice(price: string, digits: number): number | null {
  const [whole = '', fraction = ''] = price.split('.')
  const kept = fraction.replace(/0+$/, '')
  return kept.length > digits ? null : Number(`${whole}${kept.padEnd(digits, '0')}`)
}

/** PostgreSQL stores no NUL, and half a surrogate pair is no character. */
function textProblem(texts: Record<string, string>): RejectionReason | undefined {
  if (!Object.values(texts).every(isStorable)) return 'TEXT_NOT_STORABLE'
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
  const [, year, , month, dayOfMonth, hour, minute, second = ':00'] = match
  const day = [year, ...[month, dayOfMonth].map((part) => part!.padStart(2, '0'))].join('-')
  const clock = `${hour!.padStart(2, '0')}${minute}${second}`
  const time = new Date(`${day}T${clock}Z`)
  return Number.isFinite(time.getTime()) && time.toISOString().slice(0, 10) === day ? `${day} ${clock}` : undefined
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
