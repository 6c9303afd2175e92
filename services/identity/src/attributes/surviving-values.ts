import { type KeyRing, open } from '@renmai/platform/secrets/crypto'
import { placeOf } from '../contact-cards/contact-card.ts'
import { DISPLAY_NAME } from './attribute-field.rules.ts'
import { attributePlace } from './attribute-place.rules.ts'
import type { ObservedValue } from './observed-values.ts'
import { type SurvivorRule, survivorOf } from './survivor.rules.ts'

export type AttributeValueRow = ObservedValue & { rule: SurvivorRule | null; others: ObservedValue[] }
export type LosingValueRow = ObservedValue

/**
 * Of each field of one customer the value that survives, by key. Values are decrypted to decide, whatever the viewer may read.
 * @param observed the values of one customer
 */
export function survivingValues(ring: KeyRing, tenantId: string, observed: readonly ObservedValue[]): AttributeValueRow[] {
  const fields = [...Map.groupBy(observed, ({ key }) => key)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return fields.map(([, values]) => {
    const stated = values.map((one) => ({ ...one, text: values.length > 1 ? readable(ring, tenantId, one) : null }))
    const { survivor, rule, others } = survivorOf(stated, values[0]!.sourcePriority)
    return { ...survivor, rule, others }
  })
}

/** The name of a customer: the only field of what is given. */
export const nameOf = (ring: KeyRing, tenantId: string, observed: readonly ObservedValue[] | undefined): AttributeValueRow | undefined =>
  survivingValues(ring, tenantId, observed ?? [])[0]

/** @throws Error when the stored value is not what was sealed for its place */
export function textOf(ring: KeyRing, tenantId: string, { value, sealed, key, profileId, isCard }: ObservedValue): string {
  return sealed ? open(ring, tenantId, isCard ? placeOf(DISPLAY_NAME, profileId) : attributePlace(key, profileId), sealed) : value!
}

/** One value that cannot be opened costs nobody the others. */
function readable(ring: KeyRing, tenantId: string, one: ObservedValue): string | null {
  try {
    return textOf(ring, tenantId, one)
  } catch {
    return null
  }
}
