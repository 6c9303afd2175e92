import { type KeyRing } from '@renmai/platform/crypto'
/** What a source says of a person, before identity has seen it. Dates as RFC 3339, as it is sealed as JSON. */
export type Claim = {
  source: string
  externalId: string
  identifiers: {
    namespace: string
    value: string
    isVerified: boolean
  }[]
  attributes: {
    key: string
    value: string
  }[]
  tagIds: string[]
  displayName: string
  observedAt: string
}
/** By what a claim names its person. */
export type Naming = Pick<Claim, 'source' | 'externalId' | 'identifiers'>
/**
 * The name of a profile at its source: a keyed hash, so that no phone number and no e-mail address becomes an id. What
 * the source itself calls the person is one of the identifiers, where it is of use.
 */
export declare const hiddenId: (ring: KeyRing, tenantId: string, externalId: string) => string
/** The same bytes for the same source, person and identifiers: what a known profile is found by without asking. */
export declare function identityKey(ring: KeyRing, tenantId: string, claim: Naming): Buffer
