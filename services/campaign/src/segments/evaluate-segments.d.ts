import { type Tx } from '@renmai/platform/db'
import type { Worker } from '../context.ts'
/**
 * Keeps memberships of customers about whom something became known. What changes and the events that say so commit together,
 * so each is published exactly once.
 */
export declare const evaluateDirtyCustomers: import('@renmai/platform/work/queue').QueueEntry<Worker>
/** Looks at all customers: for segments that are new, that time alone can change, or that failed for a part of them. */
export declare const sweepSegments: import('@renmai/platform/work/queue').QueueEntry<Worker>
export declare function evaluateDirty(tx: Tx, now: Date): Promise<number>
/** Sweeps one segment that is due. */
export declare function sweep(tx: Tx, now: Date): Promise<number>
