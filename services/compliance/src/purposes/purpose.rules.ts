/** A purpose has a version per set of terms. A change of its name is none; any other change is. */
import type { Purpose } from './purpose.table.ts'

/** Of one tenant: every decision reads them all. */
export const MAX_PURPOSES = 1_000

export type Terms = Pick<Purpose, 'consentLevel' | 'messageClass' | 'isRequired' | 'noticeVersion'>

/** Whether the terms are other ones than those in force, so that they need a version of their own. */
export function isNewVersion(before: Terms | undefined, after: Terms): boolean {
  if (!before) return true
  const keys = ['consentLevel', 'messageClass', 'isRequired', 'noticeVersion'] as const
  return keys.some((key) => before[key] !== after[key])
}
