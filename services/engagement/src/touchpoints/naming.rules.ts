/** The identifiers of an event, in their one spelling. Those that identify nobody are left out. */
import { kindOf, spell } from '@renmai/platform/people/identifier.rules'
import type { Claim } from './claim.ts'
import type { Flaw } from './flaw.ts'

export type Identifiers = Claim['identifiers']

const MAX_IDENTIFIERS = 10

/**
 * The identifier that identifies the person best at a source names the profile: the first of these that the event has, then
 * one of another kind, then the first of the last.
 */
const BEST = ['login', 'member_card', 'external_userid', 'openid', 'unionid', 'buyer_id']
const LAST = ['anonymous_id', 'phone', 'email', 'device']

/** @returns the good identifiers; when there are none, the first reason why not */
export function readIdentifiers(value: unknown, flaws: Flaw[]): { list: Identifiers } | Flaw {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_IDENTIFIERS)
    return { reason: 'NEEDS_1_TO_10_IDENTIFIERS', pointer: '/identifiers' }
  const mine: Flaw[] = []
  const good: Identifiers = []
  for (let index = 0; index < value.length; index++) {
    const one = value[index] as Record<string, unknown> | null | undefined
    const spelled = spell(one?.namespace, one?.value)
    if ('code' in spelled) mine.push({ reason: spelled.code, pointer: `/identifiers/${index}/${spelled.field}` })
    else good.push({ namespace: spelled.namespace, value: spelled.value, isVerified: one!.isVerified === true })
  }
  if (good.length === 0) return mine[0]!
  flaws.push(...mine)
  return { list: distinct(good) }
}

/** Two spellings of one value are one identifier. It is verified when one of them is. */
export function distinct(identifiers: Identifiers): Identifiers {
  if (identifiers.length === 1) return identifiers
  const known = new Map<string, Identifiers[number]>()
  for (const one of identifiers) {
    const at = `${one.namespace}=${one.value}`
    known.set(at, { ...one, isVerified: one.isVerified || known.get(at)?.isVerified === true })
  }
  return [...known.values()]
}

/** The name of the person at the source of an event. */
export function externalIdOf(identifiers: Identifiers): string {
  const best = identifiers.length === 1 ? identifiers[0]! : identifiers.reduce((a, b) => (rank(b.namespace) < rank(a.namespace) ? b : a))
  return `${best.namespace}=${best.value}`
}

function rank(namespace: string): number {
  const kind = kindOf(namespace)
  return BEST.includes(kind) ? BEST.indexOf(kind) : BEST.length + 1 + LAST.indexOf(kind)
}
