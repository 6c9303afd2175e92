import type { Worker } from '../context.ts'
/** Requests from identity the people behind stored events and attaches the events. While identity is down they wait. */
export declare const resolvePending: import('@renmai/platform/work/queue').QueueEntry<Worker>
