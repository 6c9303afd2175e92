import type { ReviewDecision } from '../gen/resolvers.ts'
import { reviewCaseFailure } from './review-case.failures.ts'

/**
 * The time until which LATER snoozes a case; null for the other decisions.
 * @throws AppError INVALID for LATER without a time in the future
 */
export function requireUntil(decision: ReviewDecision, until: Date | null | undefined, now: Date): Date | null {
  if (decision !== 'LATER') return null
  if (!until || until <= now) throw reviewCaseFailure('UNTIL_NEEDED', 'until')
  return until
}
