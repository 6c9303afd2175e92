import type { Worker } from '../context.ts'
/** Gives the holder of a link the file part by part; each fetching is audited as its viewer's. */
export declare const answerReadBulkFile: ({ db, keyRing, ticketKey, now }: Worker) => import('@renmai/platform/ask').Answer
