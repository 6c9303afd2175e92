import type { Consent } from './consent.table.ts'
/** @throws AppError INVALID for a time that has not come: it would outlive every later fact */
export declare function checkConsentTime(at: Date, now: Date): Date
export type Verdict = {
  isAllowed: boolean
  reason: 'GRANTED' | 'WITHDRAWN' | 'STALE_NOTICE' | 'NO_CONSENT'
  facts: Consent[]
}
/**
 * What the facts of one customer say about one purpose and channel.
 * @param facts of that purpose and channel, of all profiles, in any order
 */
export declare function effectiveConsent(facts: Consent[], noticeVersion: number): Verdict
