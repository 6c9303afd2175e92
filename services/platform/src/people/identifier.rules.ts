/**
 * The one spelling of identifiers. Keys are made of it: two spellings of one value are one person, and what distinguishes
 * two people is never dropped.
 */
import type { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import { isStorableText } from '../serve/text.rules.ts'
import { foldEmail } from './email.rules.ts'
import { isJunk } from './junk-identifiers.rules.ts'
import { foldPhone } from './phone.rules.ts'

/** A kind as namespaces write it. */
export type Kind = Lowercase<Exclude<keyof typeof IdentifierKind, 'UNSPECIFIED'>>

export type IdentifierProblem = {
  /** The part that is wrong. */
  field: 'namespace' | 'value'
  code: 'UNKNOWN_NAMESPACE' | 'INVALID_IDENTIFIER' | 'JUNK_IDENTIFIER'
  message: string
}
export type Spelled = { kind: Kind; namespace: string; value: string }

type Spelling = {
  /** The same text under two owners is two people, so the namespace names the owner after @. */
  hasOwner?: true
  /** @returns undefined for a text that cannot be of the kind */
  fold?: (text: string) => string | undefined
  /** Why a text cannot be of the kind. */
  wrong?: string
}

const KINDS: Record<Kind, Spelling> = {
  phone: { fold: foldPhone, wrong: 'phone is not a valid number' },
  email: { fold: foldEmail, wrong: 'email is not a valid address' },
  unionid: { hasOwner: true },
  openid: { hasOwner: true },
  login: {},
  // WeCom accepts several ids separated by |, and @all for everybody.
  external_userid: { hasOwner: true, fold: (text) => (/[|\s]|^@/.test(text) ? undefined : text), wrong: 'external_userid is not one id' },
  buyer_id: { hasOwner: true },
  device: {},
  member_card: { hasOwner: true },
  anonymous_id: {},
  // Only ids of people: those of groups are negative, and names of channels begin with @.
  telegram_id: { fold: (text) => (/^\d{1,16}$/.test(text) ? text : undefined), wrong: 'telegram_id is not the id of a person' },
}

/** The kind of an identifier: the part of its namespace before @. */
export const kindOf = (namespace: string): string => namespace.split('@', 1)[0]!

const isKind = (kind: string): kind is Kind => Object.hasOwn(KINDS, kind)

/** Blanks, and characters that show nothing: programs put marks of the direction of writing around numbers that are copied. */
const AROUND = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu

/** Text in one form of Unicode, without what stands around it unseen. */
export const foldText = (text: string): string => text.normalize('NFKC').replace(AROUND, '')

/** @returns the identifier in its one spelling, or the reason why it identifies nobody */
export function spell(namespace: unknown, value: unknown): Spelled | IdentifierProblem {
  const spelled = spellAny(namespace, value)
  return 'code' in spelled || !isJunk(spelled.kind, spelled.value) ? spelled : junk(spelled.kind)
}

/** As `spell`, also for a value that means nobody: one that was stored before it was known as such can be looked up. */
export function spellAny(namespace: unknown, value: unknown): Spelled | IdentifierProblem {
  if (typeof namespace !== 'string' || namespace.length > 128 || !isStorableText(namespace)) return unknown()
  const kind = kindOf(namespace)
  if (!isKind(kind)) return unknown()
  const spelling = KINDS[kind]
  const owner = namespace.slice(kind.length + 1)
  // One spelling: `phone@` would be another namespace, whose values would not be known as personal.
  if (spelling.hasOwner ? owner === '' : namespace !== kind)
    return unknown(`${kind} ${spelling.hasOwner ? 'must name its owner behind @' : 'has no owner'}`)
  if (typeof value !== 'string' || value.length > 256 || !isStorableText(value)) return bad(`${kind} must have 1 to 256 characters`)
  return spellValue(kind, namespace, foldText(value), spelling)
}

function spellValue(kind: Kind, namespace: string, text: string, { fold, wrong = '' }: Spelling): Spelled | IdentifierProblem {
  if (text === '' || text.length > 256) return bad(`${kind} must have 1 to 256 characters`)
  if (text.includes('*')) return bad(`${kind} is masked and proves nothing`)
  const folded = fold ? fold(text) : text
  if (folded !== undefined) return { kind, namespace, value: folded }
  return isJunk(kind, text) ? junk(kind) : bad(wrong)
}

const unknown = (message = `unknown namespace; known are ${Object.keys(KINDS).join(', ')}`): IdentifierProblem => ({
  field: 'namespace',
  code: 'UNKNOWN_NAMESPACE',
  message,
})
const bad = (message: string): IdentifierProblem => ({ field: 'value', code: 'INVALID_IDENTIFIER', message })
const junk = (kind: string): IdentifierProblem => ({
  field: 'value',
  code: 'JUNK_IDENTIFIER',
  message: `${kind} is a value that means nobody`,
})
