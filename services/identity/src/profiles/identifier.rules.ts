/**
 * Spelling of identifiers, and how much each proves (tiers of deterministic identity resolution). T1 is held by one person
 * and proves identity. T2 is held by one account. T3 is shared by families and devices and proves nothing.
 */
import { AppError } from '@renmai/platform/serve/errors'
import type { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import parsePhone from 'libphonenumber-js/max'

export type RawIdentifier = { namespace: string; value: string; verifiedAt?: Date | undefined }
export type NormalIdentifier = { namespace: string; value: string; verifiedAt: Date | undefined; tier: 1 | 2 | 3; weight: number }

/** Numbers that people type to get past a form. */
const JUNK = new Set(['+8613800138000', '+8613888888888', '+8613000000000', '+8618888888888'])

/** One plain address. Characters that mail programs read as a list, a group, a route or a comment are refused. */
const EMAIL = /^[^\s@<>"(),:;[\]\\]{1,64}@[^\s@<>"(),:;[\]\\]+\.[^\s@<>"(),:;[\]\\.]{2,}$/

type Kind = Lowercase<Exclude<keyof typeof IdentifierKind, 'UNSPECIFIED'>>
type Rule = {
  /** PROVEN: one when the source proved that the person holds it, three otherwise. */
  tier: 1 | 2 | 3 | 'PROVEN'
  /** Evidence weight in bits in tier 1: log2(m/u) of Fellegi and Sunter, with the m and u of spec/algorithms 6. */
  weight?: number
  /** The same text under two owners is two people, so the namespace names the owner after @. */
  hasOwner?: true
  /** The value is personal data: a lookup needs personal:read. It is stored sealed, so that messages can reach the person. */
  isPersonal?: true
  fold?: (text: string) => string
}

const KINDS = {
  phone: { tier: 'PROVEN', weight: 19.8576, isPersonal: true, fold: foldPhone },
  email: { tier: 'PROVEN', weight: 19.7796, isPersonal: true, fold: foldEmail },
  unionid: { tier: 1, weight: 19.8576, hasOwner: true },
  openid: { tier: 2, hasOwner: true },
  login: { tier: 1, weight: 19.8576 },
  external_userid: { tier: 2, hasOwner: true, fold: foldExternalUserId },
  buyer_id: { tier: 2, hasOwner: true },
  device: { tier: 3 },
  member_card: { tier: 2, hasOwner: true },
  anonymous_id: { tier: 3 },
  telegram_id: { tier: 2, fold: foldTelegramId },
} as const satisfies Record<Kind, Rule>

/** Kinds whose values are personal data. */
export type PersonalKind = { [K in Kind]: (typeof KINDS)[K] extends { isPersonal: true } ? K : never }[Kind]

export const isPersonal = (kind: string): kind is PersonalKind => Object.hasOwn(KINDS, kind) && 'isPersonal' in KINDS[kind as Kind]

/**
 * Folds an identifier to its one spelling: phones to E.164 (Chinese without a country code), e-mail in lower case with an
 * ASCII domain. An openid belongs to its app and a unionid to its subject, named after @, because the same text under two
 * apps is two people.
 * @throws AppError INVALID when the value cannot be one of its namespace
 */
export function normalise({ namespace, value, verifiedAt }: RawIdentifier): NormalIdentifier {
  const [kind = ''] = namespace.split('@')
  const text = value.normalize('NFKC').trim()
  const rule: Rule | undefined = Object.hasOwn(KINDS, kind) ? KINDS[kind as Kind] : undefined
  if (!rule) throw invalid(`unknown namespace; known are ${Object.keys(KINDS).join(', ')}`)
  if (text === '' || text.length > 256) throw invalid(`${kind} must have 1 to 256 characters`)
  if (text.includes('*')) throw invalid(`${kind} is masked and proves nothing`)
  checkOwner(rule, namespace, kind)
  const folded = rule.fold?.(text) ?? text
  const tier = tierOf(rule, folded, verifiedAt)
  return { namespace, value: folded, verifiedAt, tier, weight: tier === 1 ? (rule.weight ?? 10) : 0 }
}

/** Allows one spelling: `phone@` would be another namespace, whose values would not be known as personal. */
function checkOwner({ hasOwner }: Rule, namespace: string, kind: string): void {
  const [, owner = ''] = namespace.split('@')
  if (hasOwner ? owner === '' : namespace !== kind) throw invalid(`${kind} ${hasOwner ? 'must name its owner behind @' : 'has no owner'}`)
}

const invalid = (message: string) => new AppError('INVALID', message, { identifier: message })

function foldExternalUserId(text: string): string {
  // WeCom accepts several ids separated by |, and @all for everybody.
  if (/[|\s]/.test(text) || text.startsWith('@')) throw invalid('external_userid is not one id')
  return text
}

/** Only ids of people: those of groups are negative, and names of channels begin with @. */
function foldTelegramId(text: string): string {
  if (!/^\d{1,16}$/.test(text)) throw invalid('telegram_id is not the id of a person')
  return text
}

function foldPhone(text: string): string {
  const phone = parsePhone(text.replace(/^00/, '+'), 'CN')
  if (!phone?.isValid()) throw invalid('phone is not a valid number')
  return phone.number
}

function foldEmail(text: string): string {
  if (!EMAIL.test(text)) throw invalid('email is not a valid address')
  const [local, domain] = text.toLowerCase().split('@') as [string, string]
  const host = URL.parse(`http://${domain}`)?.hostname
  if (!host) throw invalid('email is not a valid address')
  return `${local}@${host}`
}

function tierOf({ tier }: Rule, value: string, verifiedAt: Date | undefined): 1 | 2 | 3 {
  if (JUNK.has(value)) return 3
  if (tier === 'PROVEN') return verifiedAt ? 1 : 3
  return tier
}
