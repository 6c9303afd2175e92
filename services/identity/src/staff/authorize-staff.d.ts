import { type Db } from '@renmai/platform/db'
/** Tells the gateway who a token's subject is and what they may do. */
export declare const answerAuthorizeStaff: (db: Db) => import('@renmai/platform/ask').Answer
