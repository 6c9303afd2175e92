/** Values of Youzan's messages: amounts are yuan as text, where nothing else is stated, times are Beijing time. */
import { readMinor } from '@renmai/platform/serve/currency.rules'

const MAX_TITLE = 500

export type Json = Record<string, unknown>

export const asObject = (value: unknown): Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {}

export const asList = (value: unknown): Json[] => (Array.isArray(value) ? value.map(asObject) : [])

/** An id or a code: texts and numbers are the same. @returns empty where there is none; 0 is Youzan's "none" */
export function asCode(value: unknown): string {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : ''
  return text === '0' ? '' : text
}

export const asTitle = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MAX_TITLE).toWellFormed() : '')

export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

/** A value that is read where it is given; undefined where it is not. */
export const given = <T>(value: unknown, read: (value: unknown) => T): T | undefined => (isGiven(value) ? read(value) : undefined)

/** Reads amounts, and collects those that are none by their names. */
export function amountReader() {
  const unreadable: Record<string, string> = {}
  /** Yuan in fen; 0 where nothing is given. */
  const fen = (name: string, value: unknown): number => {
    if (!isGiven(value)) return 0
    const minor = typeof value === 'string' || typeof value === 'number' ? readMinor(String(value), 'CNY') : undefined
    if (minor === undefined) unreadable[name] = JSON.stringify(value).slice(0, 100)
    return minor ?? 0
  }
  return { fen, unreadable }
}

const LOCAL = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/
/** Later seconds are milliseconds: this one is in the year 2286. */
const MAX_SECONDS = 9_999_999_999

/** A time as Youzan writes it: Beijing time, or seconds or milliseconds since 1970. @returns an invalid date for any other text */
export function readTime(value: unknown): Date | undefined {
  if (!isGiven(value) || value === 0) return undefined
  const text = String(value as string).trim()
  if (LOCAL.test(text)) {
    // JavaScript reads 30 February as 2 March.
    const isReal = new Date(`${text.slice(0, 10)}T00:00:00Z`).toJSON()?.startsWith(text.slice(0, 10))
    return new Date(isReal ? `${text.replace(' ', 'T')}+08:00` : Number.NaN)
  }
  const number = /^\d{9,13}$/.test(text) ? Number(text) : Number.NaN
  return new Date(number > MAX_SECONDS ? number : number * 1_000)
}
