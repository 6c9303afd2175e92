/**
 * The send gate. The purpose decides which consent a message needs; an unknown or archived one is refused. A commercial message needs
 * consent. A transactional one (a receipt, a code) needs none, and stops when the customer has withdrawn from its purpose, or
 * from all marketing on its channel without agreeing to its purpose. A message that law or contract requires is always sent.
 */
import { byTime, effectiveConsent, type Needs, type Verdict } from '../consents/consent.rules.ts'
import type { Consent } from '../consents/consent.table.ts'
import type { Purpose } from '../purposes/purpose.table.ts'
import type { SendReason } from './decision.table.ts'

export type Terms = Needs & Pick<Purpose, 'key' | 'isRequired' | 'archivedAt'>
/** A welcome answers what the customer has just done. It needs no definition by the tenant, who may define it otherwise. */
export const WELCOME: Terms = {
  key: 'welcome',
  messageClass: 'TRANSACTIONAL',
  consentLevel: 'GENERAL',
  isDoubleOptIn: false,
  isForMinors: false,
  isRequired: false,
  noticeVersion: 0,
  archivedAt: null,
}

export type Decided = { isAllowed: boolean; reasons: SendReason[]; facts: Consent[] }

/**
 * @param purpose key of the message's purpose
 * @param purposes terms by key; the message's own is absent when it is not defined
 * @param facts consents of the customer on the message's channel, for every purpose, of all profiles and of the address
 */
export function decide(purpose: string, purposes: ReadonlyMap<string, Terms>, facts: Consent[], now: Date): Decided {
  const terms = purposes.get(purpose)
  if (!terms) return { isAllowed: false, reasons: ['UNKNOWN_PURPOSE'], facts: [] }
  if (terms.archivedAt) return { isAllowed: false, reasons: ['PURPOSE_ARCHIVED'], facts: [] }
  const verdict = verdictOf(terms, facts, now)
  if (terms.isRequired) return { isAllowed: true, reasons: ['REQUIRED'], facts: verdict.facts }
  const reason: SendReason = verdict.reason === 'GRANTED' ? 'CONSENT_GRANTED' : verdict.reason
  const asConsent: Decided = { isAllowed: verdict.isAllowed, reasons: [reason], facts: verdict.facts }
  if (terms.messageClass === 'COMMERCIAL' || verdict.isAllowed || verdict.reason === 'WITHDRAWN') return asConsent
  const withdrawn = withdrawnMarketing(purposes, facts, now)
  if (withdrawn.length > 0) return { isAllowed: false, reasons: ['WITHDRAWN_MARKETING'], facts: withdrawn }
  return { isAllowed: true, reasons: ['TRANSACTIONAL'], facts: verdict.facts }
}

const verdictOf = (terms: Terms, facts: Consent[], now: Date): Verdict =>
  effectiveConsent(
    facts.filter((fact) => fact.purpose === terms.key),
    terms,
    now,
  )

/**
 * A fact names one purpose, so no single fact withdraws from everything. All marketing on a channel is withdrawn when the
 * customer has withdrawn from a commercial purpose and agrees to none.
 * @returns the withdrawals; none while the customer agrees to some marketing or never withdrew from any
 */
function withdrawnMarketing(purposes: ReadonlyMap<string, Terms>, facts: Consent[], now: Date): Consent[] {
  const stated = new Set(facts.map((fact) => fact.purpose))
  const commercial = [...stated].map((key) => purposes.get(key)).filter((terms) => terms?.messageClass === 'COMMERCIAL')
  const verdicts = commercial.map((terms) => ({ ...verdictOf(terms!, facts, now), isArchived: Boolean(terms!.archivedAt) }))
  return verdicts.some(({ isAllowed, isArchived }) => isAllowed && !isArchived)
    ? []
    : verdicts.flatMap(({ reason, facts: deciding }) => (reason === 'WITHDRAWN' ? deciding : []))
}

export type EffectiveConsent = Pick<Consent, 'purpose' | 'channel'> & { isAllowed: boolean; reason: SendReason; since: Date }

/**
 * Answers of the gate for each purpose and channel that a customer has stated something about.
 * @param facts consents of the customer, at least the last of each profile or address, purpose and channel, in any order
 */
export function effectiveConsents(facts: Consent[], purposes: ReadonlyMap<string, Terms>, now: Date): EffectiveConsent[] {
  return [...Map.groupBy(facts.toSorted(byTime), (fact) => fact.channel)].flatMap(([channel, onChannel]) =>
    [...Map.groupBy(onChannel, (fact) => fact.purpose)].map(([purpose, stated]) => {
      const { isAllowed, reasons, facts: deciding } = decide(purpose, purposes, onChannel, now)
      return { purpose, channel, isAllowed, reason: reasons[0]!, since: (deciding.at(-1) ?? stated.at(-1)!).at }
    }),
  )
}

/**
 * Purposes and channels on which one customer of two, or both, may get messages now, and may not once the two are one.
 * @param facts consents of each, at least the last of each profile or address, purpose and channel
 */
export function refusedByJoining(
  facts: Consent[],
  others: Consent[],
  purposes: ReadonlyMap<string, Terms>,
  now: Date,
): Pick<Consent, 'purpose' | 'channel'>[] {
  const all = [...facts, ...others]
  return [...new Set(all.map(({ channel }) => channel))].flatMap((channel) =>
    [...purposes.keys()]
      .filter((purpose) => {
        const allows = (of: Consent[]) =>
          decide(
            purpose,
            purposes,
            of.filter((fact) => fact.channel === channel),
            now,
          ).isAllowed
        return (allows(facts) || allows(others)) && !allows(all)
      })
      .map((purpose) => ({ purpose, channel })),
  )
}
