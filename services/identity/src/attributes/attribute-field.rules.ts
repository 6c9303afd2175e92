/** Values are checked and encrypted according to their field: a field changes only where no stored value would become wrong. */

import { attributeFailure } from './attribute.failures.ts'
import type { AttributeField } from './attribute.table.ts'

/** Key of the built-in field: the name of a customer. */
export const DISPLAY_NAME = 'display_name'

/** The field of names of a tenant that has not registered it: registering it gives it a priority of sources. */
export const nameField = (tenantId: string): AttributeField => ({
  tenantId,
  id: '',
  key: DISPLAY_NAME,
  label: 'Name',
  kind: 'TEXT',
  sensitivity: 'PERSONAL',
  options: [],
  cardinality: 'ONE',
  unit: null,
  dateFormats: [],
  currency: null,
  folding: 'NONE',
  aliases: [],
  sourcePriority: [],
  survivorship: [],
  retentionDays: null,
  archivedAt: null,
  version: 0,
  createdAt: new Date(0),
})

/** @throws AppError INVALID for a field of names that is not one text, or not personal: names are stored sealed */
export function checkName({
  key,
  kind,
  sensitivity,
  cardinality,
}: Pick<AttributeField, 'key' | 'kind' | 'sensitivity' | 'cardinality'>): void {
  if (key === DISPLAY_NAME && kind !== 'TEXT') throw attributeFailure('NAME_IS_PERSONAL_TEXT', 'kind')
  if (key === DISPLAY_NAME && cardinality !== 'ONE') throw attributeFailure('NAME_IS_PERSONAL_TEXT', 'cardinality')
  if ((kind === 'PHONE' || kind === 'EMAIL') && sensitivity === 'NONE') throw attributeFailure('CONTACT_IS_PERSONAL', 'sensitivity')
  if (key === DISPLAY_NAME && sensitivity === 'NONE') throw attributeFailure('NAME_IS_PERSONAL_TEXT', 'sensitivity')
}

/**
 * @returns the options, each once
 * @throws AppError INVALID for an OPTION field without options, and another field with some
 */
export function checkOptions(kind: AttributeField['kind'], options: readonly string[]): string[] {
  if (kind === 'OPTION' && options.length === 0) throw attributeFailure('OPTIONS_MISSING', 'options')
  if (kind !== 'OPTION' && options.length > 0) throw attributeFailure('OPTIONS_NOT_ALLOWED', 'options')
  return [...new Set(options)]
}

/** Options that a change removes. */
export const removedOptions = (field: AttributeField, options: readonly string[] | undefined): string[] =>
  options ? field.options.filter((one) => !options.includes(one)) : []

/** Whether a change of the protection would leave values stored in the wrong way: open ones encrypted, or the other way round. */
export const changesEncryption = (field: AttributeField, sensitivity: AttributeField['sensitivity'] | undefined): boolean =>
  sensitivity !== undefined && (field.sensitivity === 'NONE') !== (sensitivity === 'NONE')
