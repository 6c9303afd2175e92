import type { Transition } from '@renmai/platform/db/transition'
import type { StaffTask } from './staff-task.table.ts'

/** Transitions of a task. Only a task that was never handed to the platform is created there. */
export const taskTransitions = {
  close: { from: ['OPEN'], to: 'READY', event: null },
  create: { from: ['OPEN', 'READY'], to: 'CREATING', event: null },
  /** The platform did not create it. */
  takeBack: { from: ['CREATING'], to: 'READY', event: null },
  wait: { from: ['CREATING'], to: 'WAITING', event: null },
  end: { from: ['READY', 'CREATING', 'WAITING'], to: 'ENDED', event: null },
} as const satisfies Record<string, Transition<StaffTask['state']>>
