import { type KeyRing } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
export type Observation = {
  profileId: string
  customerId: string
  key: string
  value: string
  source: string
  observedAt: Date
}
export declare const attributePlace: (key: string, profileId: string) => string
/**
 * Keeps the newest value per profile and key. Values of keys that nobody registered, and values that do not fit their
 * field, are kept aside as unmapped; only values of fields that are not personal are told to others.
 */
export declare function storeAttributes(tx: Tx, ring: KeyRing, observations: Observation[]): Promise<void>
