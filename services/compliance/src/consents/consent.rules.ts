/**
 * A message may be sent when the person has agreed to its purpose on its channel, in the way that the purpose needs, and no
 * profile of the same person, nor the address that the message goes to, has withdrawn since. Of several the most restrictive
 * counts. Without a known consent it is refused.
 */
import type { Purpose } from '../purposes/purpose.table.ts'
import { CONSENT_LEVELS, type Consent } from './consent.table.ts'

/** The terms of a purpose that a consent must meet. */
export type Needs = Pick<Purpose, 'noticeVersion' | 'consentLevel' | 'messageClass' | 'isDoubleOptIn' | 'isForMinors'>

/** Why a consent does not count. */
export type Flaw = 'EXPIRED' | 'STALE_NOTICE' | 'BASIS_NOT_CONSENT' | 'LEVEL_TOO_LOW' | 'NOT_CONFIRMED' | 'NO_GUARDIAN'
export type Verdict = { isAllowed: boolean; reason: 'GRANTED' | 'WITHDRAWN' | 'NO_CONSENT' | Flaw; facts: Consent[] }

/** What a fact is about: an address, or a profile. */
export const subjectOf = ({ identifierId, profileId }: Pick<Consent, 'identifierId' | 'profileId'>): string => (identifierId ?? profileId)!

/**
 * Consent of one customer for one purpose and channel, by their facts.
 * @param facts of that purpose and channel, of all profiles and of the address, in any order
 */
export function effectiveConsent(facts: Consent[], needs: Needs, now: Date): Verdict {
  const latest = [...Map.groupBy(facts, subjectOf).values()].map((mine) => mine.reduce((a, b) => (byTime(b, a) > 0 ? b : a)))
  const withdrawn = latest.filter((fact) => fact.status === 'WITHDRAWN')
  if (withdrawn.length > 0) return { isAllowed: false, reason: 'WITHDRAWN', facts: withdrawn }
  const judged = latest.map((fact) => ({ fact, flaw: flawOf(fact, needs, now) }))
  const counting = judged.filter(({ flaw }) => flaw === undefined).map(({ fact }) => fact)
  if (counting.length > 0) return { isAllowed: true, reason: 'GRANTED', facts: counting }
  // The newest one is what the person remembers to have agreed to.
  const newest = judged.toSorted((a, b) => byTime(b.fact, a.fact))[0]
  return { isAllowed: false, reason: newest?.flaw ?? 'NO_CONSENT', facts: latest }
}

function flawOf(fact: Consent, needs: Needs, now: Date): Flaw | undefined {
  if (fact.expiresAt && fact.expiresAt <= now) return 'EXPIRED'
  if (fact.noticeVersion !== needs.noticeVersion) return 'STALE_NOTICE'
  if (needs.messageClass === 'COMMERCIAL' && fact.basis !== 'CONSENT') return 'BASIS_NOT_CONSENT'
  if (CONSENT_LEVELS.indexOf(fact.level) < CONSENT_LEVELS.indexOf(needs.consentLevel)) return 'LEVEL_TOO_LOW'
  if (needs.isDoubleOptIn && !fact.isConfirmed) return 'NOT_CONFIRMED'
  if (needs.isForMinors && !fact.guardianProfileId) return 'NO_GUARDIAN'
  return undefined
}

const isWithdrawal = ({ status }: Consent): number => (status === 'WITHDRAWN' ? 1 : 0)

/** Sorts by the time of the statement. Of the same moment a withdrawal is later than a consent; then the order of arrival decides. */
export const byTime = (a: Consent, b: Consent): number =>
  a.at.getTime() - b.at.getTime() || isWithdrawal(a) - isWithdrawal(b) || a.seq - b.seq

/** Clients whose clock differs by less make statements of now. */
export const CLOCK_TOLERANCE_MS = 60_000

/**
 * The time at which a statement counts. For one that is made now the order of arrival decides, whatever the client's clock
 * shows: it is never earlier than the last one that is stored, and a consent is later than it. A withdrawal counts as made now
 * also when the client's clock is behind. A consent does not: it may be an older one that arrives late, after a withdrawal.
 * @param stated the time that was given; undefined for a statement that is made now
 * @param last time of the last fact about the same subjects, purpose and channel
 */
export function statementTime(status: Consent['status'], stated: Date | undefined, now: Date, last: Date | undefined): Date {
  const isWithdrawn = status === 'WITHDRAWN'
  const earliest = now.getTime() - (isWithdrawn ? CLOCK_TOLERANCE_MS : 0)
  if (stated && stated.getTime() < earliest) return stated
  if (!last || last < now) return now
  return isWithdrawn ? last : new Date(last.getTime() + 1)
}
