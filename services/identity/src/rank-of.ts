import { blindIndex, type KeyRing } from '@renmai/platform/secrets/crypto'

const LENGTH = 8

/**
 * Orders values that sources observed at the same moment, the same in every replica and in any order of arrival: the greatest
 * wins. It is a part of a keyed hash, since values are stored sealed.
 */
export function rankOf(ring: KeyRing, tenantId: string, value: string): Buffer {
  const rank = blindIndex(ring, tenantId, 'rank', value).subarray(0, LENGTH)
  // Less than the rank of what the release before stored for people.
  rank[0]! &= 0x7f
  return rank
}
