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
/** Values of details, and what was left out. */
type Read<T> = { value: T } | { flaw: Flaw }

const CODE = /^[A-Za-z0-9._:/-]{1,64}$/
const PATH = /^\/[\x21-\x7e]{0,511}$/
const KEY = /^[a-z0-9_]{1,64}$/
const MAX_EXTRAS = 20
const MAX_DURATION_S = 31_536_000
const MAX_NUMBER = 1e15
const LATEST = new Date('2100-01-01T00:00:00Z')

const readers = {
  productId: (value: unknown, at: string) => keyed('productId', readCode(value, at)),
  sku: (value: unknown, at: string) => keyed('sku', readCode(value, at)),
  categoryId: (value: unknown, at: string) => keyed('categoryId', readCode(value, at)),
  amount: readAmount,
  campaignRef: (value: unknown, at: string) => keyed('campaignRef', readCode(value, at)),
  contentId: (value: unknown, at: string) => keyed('contentId', readCode(value, at)),
  urlPath: (value: unknown, at: string) => keyed('urlPath', readPath(value, at)),
  duration: (value: unknown, at: string) => keyed('durationS', readSeconds(value, at)),
} satisfies Record<string, (value: unknown, at: string) => Read<TouchpointDetailsRow>>

/** Reads the details of an event. @returns null where there are none */
export function readDetails(given: unknown, flaws: Flaw[]): TouchpointDetailsRow | null {
  if (given === undefined || given === null) return null
  if (typeof given !== 'object' || Array.isArray(given)) {
    flaws.push({ reason: 'INVALID_DETAIL', pointer: '/details' })
    return null
  }
  const details: TouchpointDetailsRow = {}
  for (const [field, value] of Object.entries(given).slice(0, 50)) {
    if (value === null || value === undefined) continue
    const at = `/details/${pointerOf(field)}`
    if (field === 'extras') Object.assign(details, readExtras(value, flaws))
    else if (!Object.hasOwn(readers, field)) flaws.push(invalid(at))
    else {
      const read = readers[field as keyof typeof readers](value, at)
      if ('flaw' in read) flaws.push(read.flaw)
      else Object.assign(details, read.value)
    }
  }
  return Object.keys(details).length > 0 ? details : null
}

/** A name that a caller chose, as a part of a JSON pointer. */
const pointerOf = (field: string) => field.slice(0, 64).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')

const invalid = (pointer: string): Flaw => ({ reason: 'INVALID_DETAIL', pointer })
const keyed = <T>(field: string, read: Read<T>): Read<TouchpointDetailsRow> => ('flaw' in read ? read : { value: { [field]: read.value } })

function readCode(value: unknown, at: string): Read<string> {
  if (typeof value !== 'string' || !CODE.test(value)) return { flaw: invalid(at) }
  return isPersonalText(value) ? { flaw: { reason: 'PERSONAL_DATA', pointer: at } } : { value }
}

/** Takes a whole address too: its host, its query and its fragment are dropped, since people's data is often in them. */
function readPath(value: unknown, at: string): Read<string> {
  if (typeof value !== 'string' || value.length > 2_048) return { flaw: invalid(at) }
  const path = /^https?:\/\//i.test(value) ? URL.parse(value)?.pathname : value.replace(/[?#].*$/s, '')
  if (path === undefined || !PATH.test(path)) return { flaw: invalid(at) }
  return isPersonalText(plainText(path)) ? { flaw: { reason: 'PERSONAL_DATA', pointer: at } } : { value: path }
}

function plainText(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function readAmount(value: unknown, at: string): Read<TouchpointDetailsRow> {
  const money = moneyInput.safeParse(value)
  return money.success ? { value: { amountMinor: money.data.minor, currency: money.data.currency } } : { flaw: invalid(at) }
}

function readSeconds(value: unknown, at: string): Read<number> {
  const seconds = typeof value === 'string' ? readDuration(value) : undefined
  return seconds === undefined || seconds > MAX_DURATION_S ? { flaw: invalid(at) } : { value: seconds }
}

function readExtras(given: unknown, flaws: Flaw[]): Pick<TouchpointDetailsRow, 'extras'> {
  if (!Array.isArray(given)) {
    flaws.push(invalid('/details/extras'))
    return {}
  }
  if (given.length > MAX_EXTRAS) flaws.push({ reason: 'TOO_MANY', pointer: `/details/extras/${MAX_EXTRAS}` })
  const extras = new Map<string, TouchpointExtraRow>()
  for (const [index, one] of given.slice(0, MAX_EXTRAS).entries()) {
    const read = readExtra(one, `/details/extras/${index}`)
    if ('flaw' in read) flaws.push(read.flaw)
    else if (extras.has(read.value.key)) flaws.push(invalid(`/details/extras/${index}/key`))
    else extras.set(read.value.key, read.value)
  }
  return extras.size > 0 ? { extras: [...extras.values()] } : {}
}

/** A key, and exactly one value. */
function readExtra(given: unknown, at: string): Read<TouchpointExtraRow> {
  const { key, ...rest } = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>
  const values = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined)
  const [kind, value] = values[0] ?? []
  if (typeof key !== 'string' || !KEY.test(key) || values.length !== 1) return { flaw: invalid(at) }
  if (isPersonalKey(key)) return { flaw: { reason: 'PERSONAL_DATA', pointer: `${at}/key` } }
  const read = Object.hasOwn(EXTRA_VALUES, kind!) ? EXTRA_VALUES[kind as keyof typeof EXTRA_VALUES](value, at) : { flaw: invalid(at) }
  return 'flaw' in read ? read : { value: { key, ...read.value } as TouchpointExtraRow }
}

type ExtraValue = Read<Omit<TouchpointExtraRow, 'key'>>

/** How each kind of value is read. */
const EXTRA_VALUES = {
  number: (value: unknown, at: string): ExtraValue =>
    typeof value === 'number' && Math.abs(value) <= MAX_NUMBER ? { value: { number: value } } : { flaw: invalid(at) },
  boolean: (value: unknown, at: string): ExtraValue => (typeof value === 'boolean' ? { value: { boolean: value } } : { flaw: invalid(at) }),
  time: (value: unknown, at: string): ExtraValue => {
    const time = readTime(value)
    return time && time >= EARLIEST && time < LATEST ? { value: { time: time.toISOString() } } : { flaw: invalid(at) }
  },
  code: (value: unknown, at: string): ExtraValue => {
    const code = readCode(value, `${at}/code`)
    return 'flaw' in code ? code : { value: { code: code.value } }
  },
}
