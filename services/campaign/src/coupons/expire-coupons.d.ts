import type { Worker } from '../context.ts'
/** Ends coupons whose time is over and releases those whose order was not paid within the lock. */
export declare const expireCoupons: import('@renmai/platform/work/queue').QueueEntry<Worker>
