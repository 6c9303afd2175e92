import { type Db, type Tx } from '@renmai/platform/db'
import type { Message } from './message.table.ts'
/** Takes messages that are due, for 60 seconds. The attempt's id fences off a worker that was too slow. */
export declare function claimDue(db: Db, tenantId: string, limit: number): Promise<Message[]>
/**
 * Settles what dead workers left: a message that was only claimed is planned again, one that was being handed over may
 * have been accepted and is never sent again blindly.
 * @returns how many there were
 */
export declare function settleAbandoned(tx: Tx, now: Date): Promise<number>
/**
 * Gives messages back, to be tried after a delay that grows with the attempts. Only those that were not handed over:
 * when the outcomes of a batch cannot be recorded, some of it was sent.
 */
export declare function postpone(tx: Tx, ids: string[], attemptId: string, reason: string): Promise<void>
export declare function block(tx: Tx, message: Message, decisionId: string | null, reasons: string[], now: Date): Promise<void>
/**
 * Written so that no partial index fits: its few rows and the many dead ones of a queue would all be read for each
 * message (5 ms), where the primary key finds it at once.
 */
export declare const isIn: (state: Message['state']) => string
/**
 * Commits that the platform is about to be called for messages of one attempt.
 * @returns the ids of those that the worker still holds; it may go on with these only
 */
export declare function markSending(
  tx: Tx,
  attemptId: string,
  sends: readonly {
    id: string
    decisionId: string
  }[],
): Promise<Set<string>>
