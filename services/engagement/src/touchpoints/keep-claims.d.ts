import { type KeyRing } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
import type { NewTouchpoint } from './store-touchpoints.ts'
/** Keeps what the events say of people until identity has answered; of one person the last event counts. */
export declare function keepClaims(tx: Tx, keyRing: KeyRing, accountId: string, fresh: NewTouchpoint[]): Promise<void>
export declare const claimPlace: (identityKeyHex: string) => string
