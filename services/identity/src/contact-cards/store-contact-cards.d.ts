import { type KeyRing } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
export type ObservedCard = {
  profileId: string
  identifiers: {
    namespace: string
    value: string
  }[]
  displayName: string
  observedAt: Date
}
export declare const placeOf: (field: string, profileId: string) => string
/** Keeps the newest phone, e-mail address and name of each profile, sealed. */
export declare function storeContactCards(tx: Tx, ring: KeyRing, cards: ObservedCard[]): Promise<void>
