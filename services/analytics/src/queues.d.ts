import type { QueueEntry } from '@renmai/platform/work/queue'
import type { Worker } from './context.ts'
/** What analytics works through. */
export declare const queues: QueueEntry<Worker>[]
