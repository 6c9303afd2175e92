/**
 * How much identifiers prove (tiers of deterministic identity resolution). T1 is held by one person and proves identity. T2 is
 * held by one account, or stated by nobody who proved it: two of them prove identity. T3 is shared by families and devices and
 * proves nothing; a device leads what is anonymous to its one user.
 */
import { type IdentifierProblem, type Kind, type Spelled, spell, spellAny } from '@renmai/platform/people/identifier.rules'
import { isExtended } from '@renmai/platform/people/phone.rules'
import { identifierFailure } from './identifier.failures.ts'

export type RawIdentifier = { namespace: string; value: string; verifiedAt?: Date | undefined }
export type NormalIdentifier = { namespace: string; value: string; verifiedAt: Date | undefined; tier: 1 | 2 | 3 }

type Rule = {
  /** PROVEN: one when the source proved that the person holds it, two otherwise. */
  tier: 1 | 2 | 3 | 'PROVEN'
  /** Evidence weight in bits: log2(m/u) of Fellegi and Sunter, with the m and u of spec/algorithms 6. */
  weight?: number
  /** The value is personal data: a lookup needs personal:read. It is stored sealed, so that messages can reach the person. */
  isPersonal?: true
  /** It names a device. What nobody but devices carry is anonymous, and belongs to the one person who uses the device too. */
  isDevice?: true
}

const KINDS = {
  phone: { tier: 'PROVEN', weight: 19.8576, isPersonal: true },
  email: { tier: 'PROVEN', weight: 19.7796, isPersonal: true },
  unionid: { tier: 1, weight: 19.8576 },
  openid: { tier: 2 },
  login: { tier: 1, weight: 19.8576 },
  external_userid: { tier: 2 },
  buyer_id: { tier: 2 },
  device: { tier: 3, isDevice: true },
  member_card: { tier: 2 },
  anonymous_id: { tier: 3, isDevice: true },
  telegram_id: { tier: 2 },
} as const satisfies Record<Kind, Rule>

/** Kinds whose values are personal data. */
export type PersonalKind = { [K in Kind]: (typeof KINDS)[K] extends { isPersonal: true } ? K : never }[Kind]

export const isPersonal = (kind: string): kind is PersonalKind => Object.hasOwn(KINDS, kind) && 'isPersonal' in KINDS[kind as Kind]

/** Namespaces that name devices. */
export const DEVICES: readonly string[] = Object.keys(KINDS).filter((kind) => 'isDevice' in KINDS[kind as Kind])

export const isDevice = (namespace: string): boolean => DEVICES.includes(namespace)

/** `unionid` of `unionid@<subject>`. */
export const kindOfNamespace = (namespace: string): string => namespace.split('@')[0]!

const ruleOf = (namespace: string): Rule => KINDS[kindOfNamespace(namespace) as Kind]

/** Weight of a shared identifier, in bits. */
export const weightOf = (namespace: string): number => ruleOf(namespace).weight ?? 10

/** Whether sources prove that a person holds it now. Another person may hold it later. */
export const isProvable = (namespace: string): boolean => ruleOf(namespace).tier === 'PROVEN'

/** Whether the platform gives it to one person, in as many sources as there are. */
export const isExclusive = (namespace: string): boolean => ruleOf(namespace).tier === 1

/** An identifier in its one spelling with its tier, or the reason why it identifies nobody. */
export function grade({ namespace, value, verifiedAt }: RawIdentifier): NormalIdentifier | IdentifierProblem {
  const spelled = spell(namespace, value)
  if ('code' in spelled) return spelled
  const tier = tierOf(spelled, verifiedAt)
  return { namespace, value: spelled.value, verifiedAt, tier }
}

/**
 * The one spelling of an identifier that a caller looks for.
 * @throws AppError INVALID when the value cannot be one of its namespace
 */
export function normalise({ namespace, value }: Omit<RawIdentifier, 'verifiedAt'>): Spelled {
  const spelled = spellAny(namespace, value)
  if ('code' in spelled) throw identifierFailure('IDENTIFIER_NOT_VALID', 'identifier', { problem: spelled.message })
  return spelled
}

function tierOf({ kind, value }: Spelled, verifiedAt: Date | undefined): 1 | 2 | 3 {
  const { tier }: Rule = KINDS[kind]
  if (tier !== 'PROVEN') return tier
  // A relay number is lent to one person after another.
  if (isExtended(value)) return 3
  return verifiedAt ? 1 : 2
}
