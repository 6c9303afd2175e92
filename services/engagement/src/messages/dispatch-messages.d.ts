import type { Worker } from '../context.ts'
/**
 * Sends what is due. Per message: the gate decides (no answer: wait, never send), identity gives the address, the text
 * is rendered, SENDING is committed, the platform is called once, the outcome is recorded.
 */
export declare const dispatchMessages: import('@renmai/platform/work/queue').QueueEntry<Worker>
