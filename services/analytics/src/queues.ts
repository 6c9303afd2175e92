import type { QueueEntry } from '@renmai/platform/work/queue'
import { expireFiles } from './bulk-operations/expire-files.ts'
import { runOperations } from './bulk-operations/run-operations.ts'
import type { Deps } from './context.ts'

/** Queues of analytics. */
export const queues: QueueEntry<Deps>[] = [runOperations, expireFiles]
