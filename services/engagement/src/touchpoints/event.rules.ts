/**
 * The checks of an event before it is stored. Each flaw has a code and a pointer to the wrong value. An event without a good
 * head or a good identifier is rejected; of another one the wrong parts are left out.
 */
import { isPersonalKey, isPersonalText } from '@renmai/platform/people/personal.rules'
import { momentProblem } from '@renmai/platform/serve/moments.rules'
import { isStorableText } from '@renmai/platform/serve/text.rules'
import type { Claim } from './claim.ts'
import type { Flaw } from './flaw.ts'
import { externalIdOf, readIdentifiers } from './naming.rules.ts'
import { readDetails, type TouchpointDetailsRow } from './read-details.ts'
import { readTime } from './time.rules.ts'

export type RawEvent = {
  messageId?: unknown
  type?: unknown
  occurredAt?: unknown
  identifiers?: unknown
  attributes?: unknown
  properties?: unknown
  details?: unknown
  referenceId?: unknown
}

export type GoodEvent = {
  messageId: string
  type: string
  occurredAt: Date
  referenceId: string | null
  properties: Record<string, string> | null
  details: TouchpointDetailsRow | null
  /** They were observed when the event occurred. */
  claim: Omit<Claim, 'observedAt'>
  /** Parts that were left out, and the event as it came. */
  flaws: Flaw[]
  raw: RawEvent
}
export type Rejection = Flaw

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const MAX_ATTRIBUTES = 100
const MAX_PROPERTIES = 50

type Head = Pick<GoodEvent, 'messageId' | 'type' | 'occurredAt'>
type Pair = Claim['attributes'][number]

export function checkEvent(event: RawEvent, source: string, now: Date): GoodEvent | Rejection {
  if (event === null || typeof event !== 'object') return { reason: 'NOT_AN_OBJECT', pointer: '' }
  const head = readHead(event, now)
  if ('reason' in head) return head
  const flaws: Flaw[] = []
  const identifiers = readIdentifiers(event.identifiers, flaws)
  if ('reason' in identifiers) return identifiers
  const claim = {
    source,
    externalId: externalIdOf(identifiers.list),
    identifiers: identifiers.list,
    attributes: readPairs(event.attributes, '/attributes', MAX_ATTRIBUTES, flaws),
    tagIds: [],
    displayName: '',
  }
  const { messageId, type, occurredAt } = head
  const properties = readProperties(event.properties, flaws)
  const details = readDetails(event.details, flaws)
  return { messageId, type, occurredAt, properties, details, referenceId: readReference(event, flaws), claim, flaws, raw: event }
}

function readHead({ messageId, type, occurredAt: time }: RawEvent, now: Date): Head | Rejection {
  if (!isText(messageId, 128)) return { reason: 'INVALID_MESSAGE_ID', pointer: '/messageId' }
  if (typeof type !== 'string' || !/^[a-z][a-z0-9_]{0,63}$/.test(type)) return { reason: 'INVALID_TYPE', pointer: '/type' }
  const occurredAt = readTime(time)
  if (!occurredAt) return { reason: 'INVALID_TIME', pointer: '/occurredAt' }
  const untimely = momentProblem(occurredAt, now)
  if (untimely) return { reason: untimely, pointer: '/occurredAt' }
  return { messageId, type, occurredAt }
}

function readReference({ referenceId = null }: RawEvent, flaws: Flaw[]): string | null {
  if (referenceId === null) return null
  if (typeof referenceId === 'string' && ID.test(referenceId)) return referenceId.toLowerCase()
  flaws.push({ reason: 'INVALID_REFERENCE', pointer: '/referenceId' })
  return null
}

/** Personal data belongs in identifiers and attributes; in properties it would be stored unencrypted. */
function readProperties(value: unknown, flaws: Flaw[]): Record<string, string> | null {
  const isPersonal = ({ key, value: text }: Pair) => isPersonalKey(key) || isPersonalText(text)
  const pairs = readPairs(value, '/properties', MAX_PROPERTIES, flaws, isPersonal)
  return pairs.length > 0 ? Object.fromEntries(pairs.map((pair) => [pair.key, pair.value])) : null
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= max && isStorableText(value)
}

function readPairs(value: unknown, pointer: string, max: number, flaws: Flaw[], isPersonal?: (pair: Pair) => boolean): Pair[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    flaws.push({ reason: 'INVALID_PAIR', pointer })
    return []
  }
  if (value.length > max) flaws.push({ reason: 'TOO_MANY', pointer: `${pointer}/${max}` })
  const pairs: Pair[] = []
  for (let index = 0; index < Math.min(value.length, max); index++) {
    const pair = readPair(value[index])
    const reason = pair ? isPersonal?.(pair) && 'PERSONAL_DATA' : 'INVALID_PAIR'
    if (reason) flaws.push({ reason, pointer: `${pointer}/${index}` })
    else pairs.push(pair!)
  }
  return pairs
}

function readPair(given: unknown): Pair | undefined {
  const { key, value, isVerified } = (given ?? {}) as Record<string, unknown>
  if (!isText(key, 64) || typeof value !== 'string' || (value !== '' && !isText(value, 1_000))) return undefined
  return isVerified === true ? { key, value, isVerified } : { key, value }
}
