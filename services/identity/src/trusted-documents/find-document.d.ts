import { type Db } from '@renmai/platform/db'
/** Tells the gateway the text of a document that a tenant trusts. */
export declare const answerFindDocument: (db: Db) => import('@renmai/platform/ask').Answer
