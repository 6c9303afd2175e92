/** A purpose has a version for each set of terms. A change of its name alone is not a new version; any other change is. */
import type { Purpose } from './purpose.table.ts'

/** Limit for one tenant: every decision reads all of its purposes. */
export const MAX_PURPOSES = 1_000

export type Terms = Pick<Purpose, 'consentLevel' | 'messageClass' | 'isRequired' | 'noticeVersion'>

/** Whether the terms differ from those in force, so that they need a new version. */
export function isNewVersion(before: Terms | undefined, after: Terms): boolean {
  if (!before) return true
  const keys = ['consentLevel', 'messageClass', 'isRequired', 'noticeVersion'] as const
  return keys.some((key) => before[key] !== after[key])
}
