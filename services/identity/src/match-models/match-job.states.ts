import type { Transition } from '@renmai/platform/db/transition'
import type { MatchJobState } from './match-model.table.ts'

/** Transitions of a job. */
export const transitions = {
  /** Another process may run it again when the lease of the previous one has expired. */
  run: { from: ['WAITING', 'RUNNING'], to: 'RUNNING', event: null },
  complete: { from: ['RUNNING'], to: 'COMPLETED', event: null },
  fail: { from: ['RUNNING'], to: 'FAILED', event: null },
  cancel: { from: ['WAITING', 'RUNNING'], to: 'CANCELED', event: null },
} as const satisfies Record<string, Transition<MatchJobState>>
