/**
 * A message may go out when the person agreed to its purpose on its channel, to the notice in force, and nobody who is
 * the same person has withdrawn since. Of several profiles the most restrictive counts; not knowing is a no.
 */
import { AppError } from '@renmai/platform/errors'
import type { Consent } from './consent.table.ts'

const MAX_AHEAD_MS = 60_000

/** @throws AppError INVALID for a time that has not come: it would outlive every later fact */
export function checkConsentTime(at: Date, now: Date): Date {
  if (at.getTime() > now.getTime() + MAX_AHEAD_MS)
    throw new AppError('INVALID', 'at lies in the future', { at: 'must not lie in the future' })
  return at
}

export type Verdict = { isAllowed: boolean; reason: 'GRANTED' | 'WITHDRAWN' | 'STALE_NOTICE' | 'NO_CONSENT'; facts: Consent[] }

/**
 * What the facts of one customer say about one purpose and channel.
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

/** By the time that the person spoke; of one moment, by the order of arrival. */
function isLater(a: Consent, b: Consent): boolean {
  const difference = a.at.getTime() - b.at.getTime()
  return difference > 0 || (difference === 0 && a.seq > b.seq)
}
