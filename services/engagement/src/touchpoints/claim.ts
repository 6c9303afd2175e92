import { foldText, spell } from '@renmai/platform/people/identifier.rules'
import { blindIndex, type KeyRing } from '@renmai/platform/secrets/crypto'
import type { Person } from '../connectors/incoming.ts'

/** A source's data about a person, before identity has resolved it. Dates are RFC 3339, because it is sealed as JSON. */
export type Claim = Person & {
  attributes: { key: string; value: string; isVerified?: boolean }[]
  tagIds: string[]
  observedAt: string
}

/** The parts of a claim that name its person. */
export type Naming = Pick<Claim, 'source' | 'externalId' | 'identifiers'>

/**
 * The id of a profile at its source: a keyed hash, so that no phone number and no e-mail address becomes an id. The source's
 * own name of the person is one of the identifiers, where it is useful.
 */
export const hiddenId = (ring: KeyRing, tenantId: string, externalId: string): string =>
  blindIndex(ring, tenantId, 'external_id', foldText(externalId)).toString('base64url')

/** The same bytes for the same source, person and identifiers, however they are spelled: the key that finds a known profile without a request. */
export function identityKey(ring: KeyRing, tenantId: string, claim: Naming): Buffer {
  const identifiers = claim.identifiers.map(
    ({ namespace, value, isVerified }) => `${namespace}=${spellingOf(namespace, value)}=${isVerified}`,
  )
  return blindIndex(ring, tenantId, 'identity', [claim.source, claim.externalId, ...new Set(identifiers.sort())].join('\u001f'))
}

function spellingOf(namespace: string, value: string): string {
  const spelled = spell(namespace, value)
  return 'code' in spelled ? value : spelled.value
}
