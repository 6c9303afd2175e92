import type { Worker } from '../context.ts'
/** Long enough to correct a file and send it again. */
export declare const KEEP_REJECTED_DAYS = 14
/** Where the fields of a rejected row are sealed to. */
export declare const rejectedPlace: (importId: string, row: number) => string
/** Forgets what stood in rejected rows after two weeks. That a row was rejected, and why, stays. */
export declare const forgetRejected: import('@renmai/platform/work/queue').QueueEntry<Worker>
