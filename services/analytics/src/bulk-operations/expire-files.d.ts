import type { Worker } from '../context.ts'
export declare const KEEP_DAYS = 7
/** Deletes files a week after they are complete, and what there is of others immediately. In batches, tenant by tenant. */
export declare const expireFiles: import('@renmai/platform/work/queue').QueueEntry<Worker>
/** @returns whether there is more to delete */
export declare function expireBatch({ db }: Pick<Worker, 'db'>, tenantId: string): Promise<boolean>
