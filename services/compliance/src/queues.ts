import type { QueueEntry } from '@renmai/platform/work/queue'
import { signCheckpoints } from './audit/sign-audit-checkpoint.ts'
import type { Deps } from './context.ts'

/** Queues of compliance. */
export const queues: QueueEntry<Deps>[] = [signCheckpoints]
