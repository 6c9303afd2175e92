import type { Worker } from '../context.ts'
/** Sends welcomes within their 20 seconds; one that cannot be is written down as missed, with its cause. */
export declare const sendWelcomes: import('@renmai/platform/work/queue').QueueEntry<Worker>
