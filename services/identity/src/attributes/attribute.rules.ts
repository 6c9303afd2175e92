/** A value must have the format of its field's kind. */

import { attributeFailure } from './attribute.failures.ts'
import type { AttributeField } from './attribute.table.ts'

const MAX_TEXT = 1_000
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** @throws AppError INVALID naming the key */
export function checkValue({ key, kind, options }: AttributeField, value: string): string {
  switch (kind) {
    case 'TEXT':
      if (value.length > MAX_TEXT) throw attributeFailure('ATTRIBUTE_TOO_LONG', key, { key, most: MAX_TEXT })
      return value
    case 'NUMBER':
      if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(value)) throw attributeFailure('ATTRIBUTE_NOT_NUMBER', key, { key })
      return value
    case 'BOOLEAN':
      if (value !== 'true' && value !== 'false') throw attributeFailure('ATTRIBUTE_NOT_BOOLEAN', key, { key })
      return value
    case 'DATE':
      if (!DAY.test(value) || Number.isNaN(Date.parse(value)) || new Date(value).toISOString().slice(0, 10) !== value)
        throw attributeFailure('ATTRIBUTE_NOT_DAY', key, { key })
      return value
    case 'OPTION':
      if (!options.includes(value)) throw attributeFailure('ATTRIBUTE_NOT_OPTION', key, { key, options: options.join(', ') })
      return value
  }
}
