/** A purpose has a version for each change. Another text of the notice is a new notice too. */

import { purposeFailure } from './purpose.failures.ts'
import type { Purpose } from './purpose.table.ts'

/** Limit for one tenant, archived ones included: every decision reads all of its purposes. */
export const MAX_PURPOSES = 1_000
/** Limit for one purpose, so that its versions can be read whole. */
export const MAX_VERSIONS = 1_000

export type Terms = Pick<Purpose, 'name' | (typeof KEYS)[number]>

const KEYS = ['consentLevel', 'messageClass', 'isRequired', 'isDoubleOptIn', 'isForMinors', 'noticeVersion'] as const

/** Whether the terms differ, or the name. */
export const isChanged = (before: Terms, after: Terms): boolean => before.name !== after.name || hasOtherTerms(before, after)

/** Whether other terms hold for messages and consents. A change of the name alone makes no difference to them. */
export const hasOtherTerms = (before: Terms | undefined, after: Terms): boolean => !before || KEYS.some((key) => before[key] !== after[key])

/** @throws AppError INVALID for a commercial purpose that law or contract would require */
export function checkClass({ messageClass, isRequired }: Pick<Terms, 'messageClass' | 'isRequired'>): void {
  if (messageClass === 'TRANSACTIONAL' || !isRequired) return
  throw purposeFailure('COMMERCIAL_PURPOSE_REQUIRED', 'isRequired')
}

/** @throws AppError CONFLICT when the purpose has as many versions as it can */
export function nextVersion(version: number): number {
  if (version < MAX_VERSIONS) return version + 1
  throw purposeFailure('TOO_MANY_PURPOSE_VERSIONS', undefined, { most: MAX_VERSIONS })
}
