import type { Worker } from '../context.ts'
import type { BulkOperation } from './bulk-operation.table.ts'
/**
 * Reads bulk operations, page by page. A page, and where the next one begins, are committed together, so that a worker that
 * dies loses nothing and nothing comes twice.
 */
export declare const runOperations: import('@renmai/platform/work/queue').QueueEntry<
  Pick<import('../context.ts').Context, 'bus' | 'db' | 'now' | 'ticketKey'> & {
    readonly relayDb: import('../context.ts').Context['db']
    readonly keyRing: import('@renmai/platform/crypto').KeyRing
  } & {
    turnMs?: number
  }
>
/** @returns what is left to do; nothing when it is done, or is not ours any more */
export declare function readPage(worker: Worker, operation: BulkOperation): Promise<BulkOperation | undefined>
