/**
 * A message may be sent when the person has agreed to its purpose on its channel, to the notice in force, and no profile of
 * the same person has withdrawn since. Of several profiles the most restrictive counts. Without a known consent it is refused.
 */
import type { Consent } from './consent.table.ts'

export type Verdict = { isAllowed: boolean; reason: 'GRANTED' | 'WITHDRAWN' | 'STALE_NOTICE' | 'NO_CONSENT'; facts: Consent[] }

/**
 * Consent of one customer for one purpose and channel, by their facts.
 * @param facts of that purpose and channel, of all profiles, in any order
 */
export function effectiveConsent(facts: Consent[], noticeVersion: number): Verdict {
  const latest = [...Map.groupBy(facts, (fact) => fact.profileId).values()].map((mine) => mine.reduce((a, b) => (isLater(b, a) ? b : a)))
  const withdrawn = latest.filter((fact) => fact.status === 'WITHDRAWN')
  if (withdrawn.length > 0) return { isAllowed: false, reason: 'WITHDRAWN', facts: withdrawn }
  const current = latest.filter((fact) => fact.noticeVersion === noticeVersion)
  if (current.length > 0) return { isAllowed: true, reason: 'GRANTED', facts: current }
  return { isAllowed: false, reason: latest.length > 0 ? 'STALE_NOTICE' : 'NO_CONSENT', facts: latest }
}

/** Sorts by the time of the statement, and facts of the same moment by the order of arrival. */
function isLater(a: Consent, b: Consent): boolean {
  const difference = a.at.getTime() - b.at.getTime()
  return difference > 0 || (difference === 0 && a.seq > b.seq)
}
