/** A value must have the format of its field's kind. */

import { AppError } from '@renmai/platform/serve/errors'
import { attributeFailure } from './attribute.failures.ts'
import type { AttributeField, ValueFormat } from './attribute.table.ts'

const MAX_TEXT = 1_000
/** Texts of one value of a field of many. */
export const MAX_ITEMS = 50
const DAY = /^\d{4}-\d{2}-\d{2}$/

/**
 * The value as it is stored. A field of many values stores a JSON list of different texts; a text that is no such list is a list of one.
 * @throws AppError INVALID naming the key
 */
export function checkValue(field: ValueFormat, value: string): string {
  if (field.cardinality === 'ONE') return checkOne(field, value)
  const { key } = field
  const items = [...new Set(itemsOf(value).map((item) => checkOne(field, item)))]
  if (items.length === 0 || items.length > MAX_ITEMS) throw attributeFailure('ATTRIBUTE_NOT_LIST', key, { key, most: MAX_ITEMS })
  const list = JSON.stringify(items)
  if (list.length > MAX_TEXT) throw attributeFailure('ATTRIBUTE_TOO_LONG', key, { key, most: MAX_TEXT })
  return list
}

/** The texts of a value of a field of many values. */
export function itemsOf(value: string): string[] {
  if (!value.startsWith('[')) return [value]
  try {
    const list: unknown = JSON.parse(value)
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : [value]
  } catch {
    return [value]
  }
}

function checkOne({ key, kind, options }: ValueFormat, value: string): string {
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

/** Whether values of a field are published in events: those that are not personal, of fields of one value. */
export const isPublished = ({ sensitivity, cardinality }: Pick<AttributeField, 'sensitivity' | 'cardinality'>): boolean =>
  sensitivity === 'NONE' && cardinality === 'ONE'

/** The value in the format, or undefined when it does not have it. */
export function converted(format: ValueFormat, stored: Pick<ValueFormat, 'cardinality'>, value: string): string | undefined {
  const items = stored.cardinality === 'MANY' ? itemsOf(value) : [value]
  if (format.cardinality === 'ONE' && items.length !== 1) return undefined
  return fitted(format, format.cardinality === 'ONE' ? items[0]! : JSON.stringify(items))
}

/** The value as it is stored, or undefined when it does not have the format. */
export function fitted(format: ValueFormat, value: string): string | undefined {
  try {
    return checkValue(format, value)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
