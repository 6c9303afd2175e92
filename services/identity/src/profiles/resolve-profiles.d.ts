import { type KeyRing } from '@renmai/platform/crypto'
import { type Db } from '@renmai/platform/db'
export declare const answerResolveProfiles: (db: Db, ring: KeyRing) => import('@renmai/platform/ask').Answer
