/**
 * The send gate. The purpose decides which consent a message needs; an unknown purpose is refused. A commercial message needs
 * consent. A transactional one (a receipt, a code) needs none, and stops when the customer has withdrawn from its purpose, or
 * from all marketing on its channel without agreeing to its purpose. A message that law or contract requires is always sent.
 */
import { effectiveConsent, type Verdict } from '../consents/consent.rules.ts'
import type { Consent } from '../consents/consent.table.ts'
import type { Purpose } from '../purposes/purpose.table.ts'

export type Terms = Pick<Purpose, 'key' | 'messageClass' | 'isRequired' | 'noticeVersion'>
export type Decided = { isAllowed: boolean; reasons: string[]; facts: Consent[] }

/**
 * @param purpose key of the message's purpose
 * @param purposes terms by key; the message's own is absent when it is not defined
 * @param facts consents of the customer on the message's channel, for every purpose, of all profiles
 */
export function decide(purpose: string, purposes: ReadonlyMap<string, Terms>, facts: Consent[]): Decided {
  const terms = purposes.get(purpose)
  if (!terms) return { isAllowed: false, reasons: ['UNKNOWN_PURPOSE'], facts: [] }
  const verdict = verdictOf(terms, facts)
  if (terms.isRequired) return { isAllowed: true, reasons: ['REQUIRED'], facts: verdict.facts }
  const reason = verdict.reason === 'GRANTED' ? 'CONSENT_GRANTED' : verdict.reason
  const asConsent = { isAllowed: verdict.isAllowed, reasons: [reason], facts: verdict.facts }
  if (terms.messageClass === 'COMMERCIAL' || verdict.isAllowed || verdict.reason === 'WITHDRAWN') return asConsent
  const withdrawn = withdrawnMarketing(purposes, facts)
  if (withdrawn.length > 0) return { isAllowed: false, reasons: ['WITHDRAWN_MARKETING'], facts: withdrawn }
  return { isAllowed: true, reasons: ['TRANSACTIONAL'], facts: verdict.facts }
}

const verdictOf = ({ key, noticeVersion }: Terms, facts: Consent[]): Verdict =>
  effectiveConsent(
    facts.filter((fact) => fact.purpose === key),
    noticeVersion,
  )

/**
 * A fact names one purpose, so no single fact withdraws from everything. All marketing on a channel is withdrawn when the
 * customer has withdrawn from a commercial purpose and agrees to none.
 * @returns the withdrawals; none while the customer agrees to some marketing or never withdrew from any
 */
function withdrawnMarketing(purposes: ReadonlyMap<string, Terms>, facts: Consent[]): Consent[] {
  const stated = new Set(facts.map((fact) => fact.purpose))
  const commercial = [...stated].map((key) => purposes.get(key)).filter((terms) => terms?.messageClass === 'COMMERCIAL')
  const verdicts = commercial.map((terms) => verdictOf(terms!, facts))
  return verdicts.some(({ isAllowed }) => isAllowed)
    ? []
    : verdicts.flatMap(({ reason, facts: deciding }) => (reason === 'WITHDRAWN' ? deciding : []))
}

export type EffectiveConsent = { purpose: string; channel: string; isAllowed: boolean; reason: string; since: Date }

/**
 * Answers of the gate for each purpose and channel that a customer has stated something about.
 * @param facts consents of the customer, oldest first
 */
export function effectiveConsents(facts: Consent[], purposes: ReadonlyMap<string, Terms>): EffectiveConsent[] {
  return [...Map.groupBy(facts, (fact) => fact.channel)].flatMap(([channel, onChannel]) =>
    [...Map.groupBy(onChannel, (fact) => fact.purpose)].map(([purpose, stated]) => {
      const { isAllowed, reasons, facts: deciding } = decide(purpose, purposes, onChannel)
      return { purpose, channel, isAllowed, reason: reasons[0]!, since: (deciding.at(-1) ?? stated.at(-1)!).at }
    }),
  )
}
