import type { Worker } from '../context.ts'
/** Forgets the log of deliveries after 30 days, what still waits too: nobody retries that long. Ids sort by their time. */
export declare const forgetDeliveries: import('@renmai/platform/work/queue').QueueEntry<Worker>
/** @returns how many were forgotten, at most a batch */
export declare function forgetOld({ db }: Pick<Worker, 'db'>, tenantId: string): Promise<number>
