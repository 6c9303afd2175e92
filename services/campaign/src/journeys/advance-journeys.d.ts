import type { Tx } from '@renmai/platform/db'
import type { Worker } from '../context.ts'
/**
 * Carries out due steps. An entry's row is its whole state and each step commits with its effects, so a restart goes on
 * where the last commit was; customers who wait cost nothing.
 */
export declare const advanceJourneys: import('@renmai/platform/work/queue').QueueEntry<Worker>
/** Carries out the steps that are due in this transaction; returns how many. */
export declare function advance(tx: Tx, now: Date): Promise<number>
