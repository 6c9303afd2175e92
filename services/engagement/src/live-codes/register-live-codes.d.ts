import type { Worker } from '../context.ts'
/**
 * Requests from WeCom the codes that have none yet. A crash after WeCom answered makes a second code there, which nobody is
 * shown: the state, not the code, attributes a customer.
 */
export declare const registerLiveCodes: import('@renmai/platform/work/queue').QueueEntry<Worker>
