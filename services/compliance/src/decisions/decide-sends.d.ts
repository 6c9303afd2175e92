import { type Db } from '@renmai/platform/db'
/** The send gate. Every answer leaves a receipt in the transaction that read the consents it rests on. */
export declare const answerDecideSends: (db: Db, now: () => Date) => import('@renmai/platform/ask').Answer
