/**
 * What an event was about: values of known types that are not personal. Each value is checked alone; a wrong one is left out.
 * Codes are short and have no spaces, so that no text of a person fits.
 */
import { isPersonalKey, isPersonalText } from '@renmai/platform/people/personal.rules'
import { readDuration } from '@renmai/platform/serve/duration'
import { EARLIEST } from '@renmai/platform/serve/moments.rules'
import { moneyInput } from '@renmai/platform/serve/money'
import type { Flaw } from './flaw.ts'
import { readTime } from './time.rules.ts'

/** As stored: TouchpointExtra of the SDL. */
export type TouchpointExtraRow = { key: string } & ({ number: number } | { code: string } | { boolean: boolean } | { time: string })

/** As stored: TouchpointDetails of the SDL. What is not known is absent. Times are RFC 3339. */
export type TouchpointDetailsRow = {
  productId?: string
  sku?: string
  categoryId?: string
  amountMinor?: number
  currency?: string
  campaignRef?: string
  contentId?: string
  urlPath?: string
  durationS?: number
  extras?: TouchpointExtraRow[]
}
/** A value, or why it is left out. Flaws are pointed to by those who know the place: most events have none. */
type Read<T> = { value: T } | { reason: Flaw['reason'] }

const CODE = /^[A-Za-z0-9._:/-]{1,64}$/
const PATH = /^\/[\x21-\x7e]{0,511}$/
const KEY = /^[a-z0-9_]{1,64}$/
const MAX_EXTRAS = 20
const MAX_DURATION_S = 31_536_000
const MAX_NUMBER = 1e15
const LATEST = new Date('2100-01-01T00:00:00Z')

/** Writes a value of the caller into the details. @returns why it is left out */
type Reader = (details: TouchpointDetailsRow, value: unknown) => Flaw['reason'] | undefined

function reader<F extends keyof TouchpointDetailsRow>(field: F, read: (value: unknown) => Read<TouchpointDetailsRow[F]>): Reader {
  return (details, given) => {
    const one = read(given)
    if ('reason' in one) return one.reason
    details[field] = one.value
    return undefined
  }
}

const READERS = new Map<string, Reader>([
  ['productId', reader('productId', readCode)],
  ['sku', reader('sku', readCode)],
  ['categoryId', reader('categoryId', readCode)],
  ['amount', readAmount],
  ['campaignRef', reader('campaignRef', readCode)],
  ['contentId', reader('contentId', readCode)],
  ['urlPath', reader('urlPath', readPath)],
  ['duration', reader('durationS', readSeconds)],
])
const MAX_FIELDS = 50

/** Reads the details of an event. @returns null where there are none */
export function readDetails(given: unknown, flaws: Flaw[]): TouchpointDetailsRow | null {
  if (given === undefined || given === null) return null
  if (typeof given !== 'object' || Array.isArray(given)) {
    flaws.push({ reason: 'INVALID_DETAIL', pointer: '/details' })
    return null
  }
  const details: TouchpointDetailsRow = {}
  for (const field of Object.keys(given).slice(0, MAX_FIELDS)) {
    const value = (given as Record<string, unknown>)[field]
    if (value === null || value === undefined) continue
    if (field === 'extras') readExtras(details, value, flaws)
    else {
      const read = READERS.get(field)
      const reason = read ? read(details, value) : 'INVALID_DETAIL'
      if (reason) flaws.push({ reason, pointer: `/details/${pointerOf(field)}` })
    }
  }
  for (const _ in details) return details
  return null
}

/** A name that a caller chose, as a part of a JSON pointer. */
const pointerOf = (field: string) => field.slice(0, 64).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')

const INVALID = { reason: 'INVALID_DETAIL' } as const
const PERSONAL = { reason: 'PERSONAL_DATA' } as const

function readCode(value: unknown): Read<string> {
  if (typeof value !== 'string' || !CODE.test(value)) return INVALID
  return isPersonalText(value) ? PERSONAL : { value }
}

/** Takes a whole address too: its host, its query and its fragment are dropped, since people's data is often in them. */
function readPath(value: unknown): Read<string> {
  if (typeof value !== 'string' || value.length > 2_048) return INVALID
  const path = /^https?:\/\//i.test(value) ? URL.parse(value)?.pathname : value.replace(/[?#].*$/s, '')
  if (path === undefined || !PATH.test(path)) return INVALID
  return isPersonalText(plainText(path)) ? PERSONAL : { value: path }
}

function plainText(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function readAmount(details: TouchpointDetailsRow, value: unknown): Flaw['reason'] | undefined {
  const money = moneyInput.safeParse(value)
  if (!money.success) return INVALID.reason
  details.amountMinor = money.data.minor
  details.currency = money.data.currency
  return undefined
}

function readSeconds(value: unknown): Read<number> {
  const seconds = typeof value === 'string' ? readDuration(value) : undefined
  return seconds === undefined || seconds > MAX_DURATION_S ? INVALID : { value: seconds }
}

function readExtras(details: TouchpointDetailsRow, given: unknown, flaws: Flaw[]): void {
  if (!Array.isArray(given)) {
    flaws.push(invalid('/details/extras'))
    return
  }
  if (given.length > MAX_EXTRAS) flaws.push({ reason: 'TOO_MANY', pointer: `/details/extras/${MAX_EXTRAS}` })
  const extras = new Map<string, TouchpointExtraRow>()
  for (const [index, one] of given.slice(0, MAX_EXTRAS).entries()) {
    const read = readExtra(one, `/details/extras/${index}`)
    if ('flaw' in read) flaws.push(read.flaw)
    else if (extras.has(read.value.key)) flaws.push(invalid(`/details/extras/${index}/key`))
    else extras.set(read.value.key, read.value)
  }
  if (extras.size > 0) details.extras = [...extras.values()]
}

const invalid = (pointer: string): Flaw => ({ reason: 'INVALID_DETAIL', pointer })

/** A key, and exactly one value. */
function readExtra(given: unknown, at: string): { value: TouchpointExtraRow } | { flaw: Flaw } {
  const { key, ...rest } = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>
  const values = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined)
  const [kind, value] = values[0] ?? []
  if (typeof key !== 'string' || !KEY.test(key) || values.length !== 1) return { flaw: invalid(at) }
  if (isPersonalKey(key)) return { flaw: { reason: 'PERSONAL_DATA', pointer: `${at}/key` } }
  const read = Object.hasOwn(EXTRA_VALUES, kind!) ? EXTRA_VALUES[kind as keyof typeof EXTRA_VALUES](value) : INVALID
  if ('value' in read) return { value: { key, ...read.value } as TouchpointExtraRow }
  return { flaw: { reason: read.reason, pointer: kind === 'code' ? `${at}/code` : at } }
}

type ExtraValue = Read<Omit<TouchpointExtraRow, 'key'>>

/** How each kind of value is read. */
const EXTRA_VALUES = {
  number: (value: unknown): ExtraValue =>
    typeof value === 'number' && Math.abs(value) <= MAX_NUMBER ? { value: { number: value } } : INVALID,
  boolean: (value: unknown): ExtraValue => (typeof value === 'boolean' ? { value: { boolean: value } } : INVALID),
  time: (value: unknown): ExtraValue => {
    const time = readTime(value)
    return time && time >= EARLIEST && time < LATEST ? { value: { time: time.toISOString() } } : INVALID
  },
  code: (value: unknown): ExtraValue => {
    const code = readCode(value)
    return 'reason' in code ? code : { value: { code: code.value } }
  },
}
