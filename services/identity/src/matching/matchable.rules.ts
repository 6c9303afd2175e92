/** What of a profile is compared: its values by column, whatever the sources call them. */
import { type Column, guessKind, type Kind } from './kinds.rules.ts'

/** The columns in which profiles are compared. A profile has the empty text where it has no value. */
export const COLUMNS: readonly Column[] = [
  { name: 'name', kind: 'full_name' },
  { name: 'given_name', kind: 'given_name' },
  { name: 'family_name', kind: 'family_name' },
  { name: 'birth_date', kind: 'birth_date' },
  { name: 'phone', kind: 'phone' },
  { name: 'phone_2', kind: 'phone' },
  { name: 'email', kind: 'email' },
  { name: 'email_2', kind: 'email' },
  { name: 'street', kind: 'street' },
  { name: 'house_number', kind: 'house_number' },
  { name: 'city', kind: 'city' },
  { name: 'region', kind: 'region' },
  { name: 'postcode', kind: 'postcode' },
  { name: 'company', kind: 'company' },
  { name: 'occupation', kind: 'occupation' },
  { name: 'gender', kind: 'gender' },
]

/** A longer value is cut: the comparison of long texts costs more than it proves. */
const MAX_LENGTH = 200

/** The kind of what a source names by this key, such as `birthday` or `phone`; undefined for what is not compared. */
export function kindOfKey(key: string): Kind | undefined {
  const kind = guessKind(key)
  return COLUMNS.some((column) => column.kind === kind) ? kind : undefined
}

/**
 * The record of a profile: a value for each of `COLUMNS`.
 * @param stated values by their keys, the best first: a column holds the first one that fits
 */
export function recordOf(stated: readonly { readonly key: string; readonly value: string }[]): string[] {
  const record = COLUMNS.map(() => '')
  for (const { key, value } of stated) {
    const kind = kindOfKey(key)
    const text = value.slice(0, MAX_LENGTH)
    if (record.some((known, at) => known === text && COLUMNS[at]!.kind === kind)) continue
    const at = COLUMNS.findIndex((column, index) => column.kind === kind && record[index] === '')
    if (at !== -1) record[at] = text
  }
  return record
}
