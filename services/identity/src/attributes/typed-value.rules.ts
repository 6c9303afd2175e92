/** A stored value by the kind of its field: the part of `AttributeContent` that has a value. */

import { readAmount } from '../cleaning/amounts.rules.ts'
import { regionName } from '../cleaning/regions.rules.ts'
import type { AttributeField } from './attribute.table.ts'

export type TypedParts = {
  readonly text: string
  readonly number: string | null
  readonly boolean: boolean | null
  readonly date: string | null
  readonly money: { amount: string; currency: string } | null
  readonly region: { code: string; name: string } | null
}

/** @param text a value that was cleaned by its field; one that a change of the kind has not reached yet has its text alone */
export const typedParts = (kind: AttributeField['kind'], text: string): TypedParts => ({
  text,
  number: kind === 'NUMBER' && /^-?\d{1,15}(\.\d{1,6})?$/.test(text) ? text : null,
  boolean: kind === 'BOOLEAN' && /^(true|false)$/.test(text) ? text === 'true' : null,
  date: kind === 'DATE' && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : null,
  money: (kind === 'MONEY' && readAmount(text)) || null,
  region: kind === 'REGION' && regionName(text) !== '' ? { code: text, name: regionName(text) } : null,
})
