import { type Db } from '@renmai/platform/db'
/** Tells the gateway whose key it was shown. All refusals of a key look the same. */
export declare const answerAuthenticateClient: (db: Db, pepper: string) => import('@renmai/platform/ask').Answer
/** Tells the gateway what the holder of a key may do now, whose token it has verified itself. */
export declare const answerAuthorizeApiKey: (db: Db) => import('@renmai/platform/ask').Answer
