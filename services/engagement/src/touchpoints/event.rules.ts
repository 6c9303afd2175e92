/** The checks of an event before it is stored. Each rejection has a code and a pointer to the wrong value. */
import { momentProblem } from '@renmai/platform/serve/moments.rules'
import { IdentifierKindSchema } from '@renmai/proto/identity/v1/identifier_kind'
import type { Claim } from './claim.ts'

export type RawEvent = {
  messageId?: unknown
  type?: unknown
  occurredAt?: unknown
  identifiers?: unknown
  attributes?: unknown
  properties?: unknown
  referenceId?: unknown
}

export type GoodEvent = {
  messageId: string
  type: string
  occurredAt: Date
  referenceId: string | null
  properties: Record<string, string> | null
  /** They were observed when the event occurred. */
  claim: Omit<Claim, 'observedAt'>
}
export type Rejection = { reason: string; pointer: string }

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i
const PERSONAL_KEYS = /^(phone|mobile|tel|email|mail|name|full_?name|address|id_?card|openid|unionid|birthday)$/i

/**
 * The identifier that identifies the person best at a source names the profile: the first of these that the event has, then
 * one of another kind, then the first of the last.
 */
const BEST = ['login', 'member_card', 'external_userid', 'openid', 'unionid', 'buyer_id']
const LAST = ['anonymous_id', 'phone', 'email', 'device']
const KINDS = new Set(IdentifierKindSchema.values.map(({ number, localName }) => (number ? localName.toLowerCase() : '')))

type Head = Pick<GoodEvent, 'messageId' | 'type' | 'occurredAt' | 'referenceId'>

export function checkEvent(event: RawEvent, source: string, now: Date): GoodEvent | Rejection {
  if (event === null || typeof event !== 'object') return { reason: 'NOT_AN_OBJECT', pointer: '' }
  const head = readHead(event, now)
  if ('reason' in head) return head
  const identifiers = readIdentifiers(event.identifiers)
  if ('reason' in identifiers) return identifiers
  const attributes = readPairs(event.attributes, '/attributes', 100)
  if ('reason' in attributes) return attributes
  const properties = readProperties(event.properties)
  if ('reason' in properties) return properties
  const claim = {
    source,
    externalId: externalIdOf(identifiers.list),
    identifiers: identifiers.list,
    attributes: attributes.pairs,
    tagIds: [],
    displayName: '',
  }
  return { ...head, properties: properties.values, claim }
}

function readHead({ messageId, type, occurredAt: time, referenceId = null }: RawEvent, now: Date): Head | Rejection {
  if (!isText(messageId, 128)) return { reason: 'INVALID_MESSAGE_ID', pointer: '/messageId' }
  if (typeof type !== 'string' || !/^[a-z][a-z0-9_]{0,63}$/.test(type)) return { reason: 'INVALID_TYPE', pointer: '/type' }
  const occurredAt = readTime(time)
  if (!occurredAt) return { reason: 'INVALID_TIME', pointer: '/occurredAt' }
  const untimely = momentProblem(occurredAt, now)
  if (untimely) return { reason: untimely, pointer: '/occurredAt' }
  if (referenceId !== null && !(typeof referenceId === 'string' && ID.test(referenceId)))
    return { reason: 'INVALID_REFERENCE', pointer: '/referenceId' }
  return { messageId, type, occurredAt, referenceId: referenceId && referenceId.toLowerCase() }
}

/** Personal data belongs in identifiers and attributes; in properties it would be stored unencrypted. */
function readProperties(value: unknown): { values: Record<string, string> | null } | Rejection {
  const read = readPairs(value, '/properties', 50)
  if ('reason' in read) return read
  const personal = read.pairs.findIndex(({ key }) => PERSONAL_KEYS.test(key))
  if (personal >= 0) return { reason: 'PERSONAL_DATA', pointer: `/properties/${personal}` }
  return { values: read.pairs.length > 0 ? Object.fromEntries(read.pairs.map((pair) => [pair.key, pair.value])) : null }
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= max && !value.includes('\u0000') && value.isWellFormed()
}

/** A moment with its zone; a day that does not exist, such as 30 February, is invalid. */
function readTime(value: unknown): Date | undefined {
  if (value instanceof Date) return Number.isFinite(value.getTime()) ? value : undefined
  if (typeof value !== 'string' || !RFC_3339.test(value)) return undefined
  const time = new Date(value)
  return Number.isFinite(time.getTime()) && isRealDay(value) ? time : undefined
}

/** JavaScript reads 30 February as 2 March, so days after the 28th are checked. */
function isRealDay(value: string): boolean {
  if (Number(value.slice(8, 10)) <= 28) return true
  const day = value.slice(0, 10)
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}

function readIdentifiers(value: unknown): { list: Claim['identifiers'] } | Rejection {
  if (!Array.isArray(value) || value.length < 1 || value.length > 10)
    return { reason: 'NEEDS_1_TO_10_IDENTIFIERS', pointer: '/identifiers' }
  const list: Claim['identifiers'] = []
  for (const [index, one] of (value as Record<string, unknown>[]).entries()) {
    const kind = typeof one?.namespace === 'string' ? one.namespace.split('@')[0]! : ''
    if (kind === '' || !KINDS.has(kind) || !isText(one.namespace, 128))
      return { reason: 'UNKNOWN_NAMESPACE', pointer: `/identifiers/${index}/namespace` }
    if (!isText(one.value, 256) || one.value.includes('*')) return { reason: 'INVALID_IDENTIFIER', pointer: `/identifiers/${index}/value` }
    list.push({ namespace: one.namespace, value: one.value.trim(), isVerified: one.isVerified === true })
  }
  return { list }
}

function readPairs(value: unknown, pointer: string, max: number): { pairs: { key: string; value: string }[] } | Rejection {
  if (value === undefined || value === null) return { pairs: [] }
  if (!Array.isArray(value) || value.length > max) return { reason: 'TOO_MANY', pointer }
  for (const [index, pair] of (value as Record<string, unknown>[]).entries()) {
    if (!isText(pair?.key, 64) || typeof pair.value !== 'string' || (pair.value !== '' && !isText(pair.value, 1_000)))
      return { reason: 'INVALID_PAIR', pointer: `${pointer}/${index}` }
  }
  return { pairs: value.map(({ key, value: text }) => ({ key, value: text })) }
}

function rank(namespace: string): number {
  const kind = namespace.split('@')[0]!
  return BEST.includes(kind) ? BEST.indexOf(kind) : BEST.length + 1 + LAST.indexOf(kind)
}

function externalIdOf(identifiers: Claim['identifiers']): string {
  const best = identifiers.reduce((a, b) => (rank(b.namespace) < rank(a.namespace) ? b : a))
  return `${best.namespace}=${best.value}`
}
