import type { KeyRing } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
import { type Naming } from './claim.ts'
/** Whom an event is about: by which names identity knows them, and their profile as soon as that is known. */
export type Person = {
  readonly externalId: string
  readonly key: Buffer
  profileId: string | null
}
/** A person by the hidden id of their profile. The external id is one of the identifiers. */
export declare function personOf(ring: KeyRing, tenantId: string, { source, externalId, identifiers }: Naming): Person
/** Fills in the profiles of those who have one by now. */
export declare function findProfiles(tx: Tx, asked: Person[]): Promise<void>
