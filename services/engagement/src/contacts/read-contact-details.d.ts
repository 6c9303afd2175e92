import type { Worker } from '../context.ts'
/**
 * Reads the name and unionid of new contacts from WeCom and hands them to identity, which may find that they are known from
 * elsewhere. Apart from the callback's own work, because a welcome cannot wait for it.
 */
export declare const readContactDetails: import('@renmai/platform/work/queue').QueueEntry<Worker>
