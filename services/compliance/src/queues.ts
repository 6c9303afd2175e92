import type { QueueEntry } from '@renmai/platform/work/queue'
import { signCheckpoints } from './audit/sign-audit-checkpoint.ts'
import type { Worker } from './context.ts'

/** What compliance works through. */
export const queues: QueueEntry<Worker>[] = [signCheckpoints]
