import type { Tx } from '@renmai/platform/db'
import type { Message } from './message.table.ts'
import type { Handover } from './senders.ts'
/** What became of one message; outcomes of one attempt are recorded together. */
export type Outcome = {
  message: Message
  decisionId: string
  handover: Handover
}
/** Records outcomes of one attempt. What another worker has taken over since is left alone. */
export declare function recordHandovers(tx: Tx, attemptId: string, outcomes: readonly Outcome[], now: Date): Promise<void>
