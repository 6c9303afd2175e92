import { type KeyRing, open } from '@renmai/platform/secrets/crypto'
import { placeOf } from '../contact-cards/contact-card.ts'
import { itemsOf } from './attribute.rules.ts'
import { DISPLAY_NAME } from './attribute-field.rules.ts'
import { attributePlace, originalPlace } from './attribute-place.rules.ts'
import type { ObservedValue } from './observed-values.ts'
import { type SurvivorRule, survivorOf } from './survivor.rules.ts'

/** Texts that a customer has for one field, of all profiles. */
const MAX_HELD = 200

export type AttributeValueRow = ObservedValue & {
  rule: SurvivorRule | null
  others: ObservedValue[]
  /** What the customer has: one value, or the texts of all profiles for a field of many; the best first. */
  held: HeldValue[]
}
/** A text, with the value that states it. Null for the whole text of the value. */
export type HeldValue = { of: ObservedValue; text: string | null }
export type LosingValueRow = ObservedValue

/**
 * Of each field of one customer the value that survives, by key. Values are decrypted to decide, whatever the viewer may read.
 * @param observed the values of one customer
 */
export function survivingValues(ring: KeyRing, tenantId: string, observed: readonly ObservedValue[]): AttributeValueRow[] {
  const fields = [...Map.groupBy(observed, ({ key }) => key)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return fields.map(([, values]) => {
    const { sourcePriority, survivorship, cardinality } = values[0]!.field
    const isMany = cardinality === 'MANY'
    const stated = values.map((one) => ({ ...one, text: values.length > 1 || isMany ? readable(ring, tenantId, one) : null }))
    const { survivor, rule, others } = survivorOf(stated, sourcePriority, survivorship)
    if (!isMany) return { ...survivor, rule, others, held: [{ of: survivor, text: null }] }
    // A list that a person set replaces those of the sources; otherwise nothing loses.
    const ranked = survivor.isByHand ? [survivor] : [survivor, ...others]
    return { ...survivor, rule: survivor.isByHand ? rule : null, others: survivor.isByHand ? others : [], held: unionOf(ranked) }
  })
}

/** Each text once, with the best value that states it. */
function unionOf(ranked: readonly (ObservedValue & { text: string | null })[]): HeldValue[] {
  const found = new Map<string, HeldValue>()
  for (const { text, ...of } of ranked)
    for (const item of text === null ? [] : itemsOf(text)) if (!found.has(item)) found.set(item, { of, text: item })
  return [...found.values()].slice(0, MAX_HELD)
}

/** The name of a customer: the only field of what is given. */
export const nameOf = (ring: KeyRing, tenantId: string, observed: readonly ObservedValue[] | undefined): AttributeValueRow | undefined =>
  survivingValues(ring, tenantId, observed ?? [])[0]

/** @throws Error when the stored value is not what was sealed for its place */
export function textOf(ring: KeyRing, tenantId: string, { value, sealed, key, profileId, isCard }: ObservedValue): string {
  return sealed ? open(ring, tenantId, isCard ? placeOf(DISPLAY_NAME, profileId) : attributePlace(key, profileId), sealed) : value!
}

/** What a customer has for a field, as text: of a field of many the JSON list of the texts of all profiles. */
export const contentOf = (ring: KeyRing, tenantId: string, row: AttributeValueRow): string =>
  row.field.cardinality === 'MANY' ? JSON.stringify(row.held.map(({ text }) => text)) : textOf(ring, tenantId, row)

/** What was written for a value; null where it is the value itself. */
export const originalOf = (
  ring: KeyRing,
  tenantId: string,
  { sealedOriginal, key, profileId }: Pick<ObservedValue, 'sealedOriginal' | 'key' | 'profileId'>,
): string | null => sealedOriginal && open(ring, tenantId, originalPlace(key, profileId), sealedOriginal)

/** One value that cannot be opened costs nobody the others. */
function readable(ring: KeyRing, tenantId: string, one: ObservedValue): string | null {
  try {
    return textOf(ring, tenantId, one)
  } catch {
    return null
  }
}
