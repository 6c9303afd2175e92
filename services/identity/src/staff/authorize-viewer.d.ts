import { type Db } from '@renmai/platform/db'
/** Tells what somebody may do now, for what goes on in their name without a token or a key of theirs. */
export declare const answerAuthorizeViewer: (db: Db) => import('@renmai/platform/ask').Answer
