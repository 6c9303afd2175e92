import { blindIndex, type KeyRing } from '@renmai/platform/secrets/crypto'
import type { Person } from '../connectors/incoming.ts'

/** What a source says of a person, before identity has seen it. Dates as RFC 3339, as it is sealed as JSON. */
export type Claim = Person & {
  attributes: { key: string; value: string }[]
  tagIds: string[]
  observedAt: string
}

/** By what a claim names its person. */
export type Naming = Pick<Claim, 'source' | 'externalId' | 'identifiers'>

/**
 * The name of a profile at its source: a keyed hash, so that no phone number and no e-mail address becomes an id. What
 * the source itself calls the person is one of the identifiers, where it is of use.
 */
export const hiddenId = (ring: KeyRing, tenantId: string, externalId: string): string =>
  blindIndex(ring, tenantId, 'external_id', externalId).toString('base64url')

/** The same bytes for the same source, person and identifiers: what a known profile is found by without asking. */
export function identityKey(ring: KeyRing, tenantId: string, claim: Naming): Buffer {
  const identifiers = claim.identifiers.map((one) => `${one.namespace}=${one.value}=${one.isVerified}`).sort()
  return blindIndex(ring, tenantId, 'identity', [claim.source, claim.externalId, ...identifiers].join('\u001f'))
}
