/**
 * How identifiers are written and how far they are believed (tiers of deterministic identity resolution). T1 is held by
 * one person and proves identity; T2 is held by one account; T3 is shared by families and devices and proves nothing.
 */
import { AppError } from '@renmai/platform/errors'
import parsePhone from 'libphonenumber-js/max'

export type RawIdentifier = { namespace: string; value: string; verifiedAt?: Date | undefined }
export type NormalIdentifier = { namespace: string; value: string; verifiedAt: Date | undefined; tier: 1 | 2 | 3; weight: number }

/** Evidence weight in bits, log2(m/u) of Fellegi and Sunter, with the m and u of spec/algorithms 6. */
const WEIGHTS: Record<string, number> = { phone: 19.8576, email: 19.7796, unionid: 19.8576, login: 19.8576 }

/** Numbers that people type to get past a form. */
const JUNK = new Set(['+8613800138000', '+8613888888888', '+8613000000000', '+8618888888888'])

/** One address as mail programs write it, without what they read as a list, a group, a route or a comment. */
const EMAIL = /^[^\s@<>"(),:;[\]\\]{1,64}@[^\s@<>"(),:;[\]\\]+\.[^\s@<>"(),:;[\]\\.]{2,}$/
const KINDS = ['phone', 'email', 'unionid', 'openid', 'login', 'external_userid', 'buyer_id', 'device', 'member_card', 'anonymous_id']

/**
 * Folds an identifier to the one way it is written: phones to E.164 (Chinese unless they say otherwise), e-mail in lower
 * case with an ASCII domain. An openid belongs to its app and a unionid to its subject, named behind @, because the
 * same text under two apps is two people.
 * @throws AppError INVALID when the value cannot be one of its namespace
 */
export function normalise({ namespace, value, verifiedAt }: RawIdentifier): NormalIdentifier {
  const [kind = '', scope = ''] = namespace.split('@')
  const text = value.normalize('NFKC').trim()
  if (!KINDS.includes(kind)) throw invalid(`unknown namespace; known are ${KINDS.join(', ')}`)
  if (text === '' || text.length > 256) throw invalid(`${kind} must have 1 to 256 characters`)
  if (text.includes('*')) throw invalid(`${kind} is masked and proves nothing`)
  // One spelling: `phone@` would be a namespace of its own, for which nobody knows that its values are personal.
  if (needsScope(kind) ? scope === '' : namespace !== kind)
    throw invalid(`${kind} ${needsScope(kind) ? 'must name its owner behind @' : 'has no owner'}`)
  const folded = fold(kind, text)
  const tier = tierOf(kind, folded, verifiedAt)
  return { namespace, value: folded, verifiedAt, tier, weight: tier === 1 ? (WEIGHTS[kind] ?? 10) : 0 }
}

const invalid = (message: string) => new AppError('INVALID', message, { identifier: message })
const needsScope = (kind: string) => ['unionid', 'openid', 'external_userid', 'buyer_id', 'member_card'].includes(kind)

function fold(kind: string, text: string): string {
  if (kind === 'phone') return foldPhone(text)
  if (kind === 'email') return foldEmail(text)
  // WeCom takes several by |, and everybody by @all.
  if (kind === 'external_userid' && (/[|\s]/.test(text) || text.startsWith('@'))) throw invalid('external_userid is not one id')
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

function tierOf(kind: string, value: string, verifiedAt: Date | undefined): 1 | 2 | 3 {
  if (JUNK.has(value)) return 3
  if (kind === 'unionid' || kind === 'login') return 1
  if (kind === 'phone' || kind === 'email') return verifiedAt ? 1 : 3
  return kind === 'device' || kind === 'anonymous_id' ? 3 : 2
}
