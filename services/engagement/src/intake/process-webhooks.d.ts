import type { Worker } from '../context.ts'
/** Works on stored pushes. What fails for a passing reason is tried again; what never can is parked with its reason. */
export declare const processWebhooks: import('@renmai/platform/work/queue').QueueEntry<Worker>
