import { type KeyRing } from '@renmai/platform/crypto'
import { type Db } from '@renmai/platform/db'
/**
 * Answers with the address and the name that a message needs. The address may hang on another profile of the same
 * customer; the asked one wins, then the newest. Reading is written to the audit log.
 */
export declare const answerReadContactCards: (db: Db, ring: KeyRing, now: () => Date) => import('@renmai/platform/ask').Answer
