/** A value is cleaned by the format of its field; a text that has no clean value is refused, and never guessed. */

import { foldEmail } from '@renmai/platform/people/email.rules'
import { foldText } from '@renmai/platform/people/identifier.rules'
import { foldPhone } from '@renmai/platform/people/phone.rules'
import { AppError } from '@renmai/platform/serve/errors'
import { amountOf } from '../cleaning/amounts.rules.ts'
import { dayOf } from '../cleaning/days.rules.ts'
import { regionOf } from '../cleaning/regions.rules.ts'
import { foldedBy, isSpreadsheetNumber, optionOf } from '../cleaning/texts.rules.ts'
import { attributeFailure } from './attribute.failures.ts'
import type { AttributeField, ValueFormat } from './attribute.table.ts'

const MAX_TEXT = 1_000
/** Texts of one value of a field of many. */
export const MAX_ITEMS = 50
const NUMBER = /^-?\d{1,15}(\.\d{1,6})?$/

/**
 * The value as it is stored. A field of many values stores a JSON list of different texts; a text that is no such list is a list of one.
 * @throws AppError INVALID naming the key
 */
export function checkValue(field: ValueFormat, value: string): string {
  if (field.cardinality === 'ONE') return CLEAN[field.kind](field, value)
  const { key } = field
  const items = [...new Set(itemsOf(value).map((item) => CLEAN[field.kind](field, item)))]
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

type Clean = (format: ValueFormat, text: string) => string

/** @throws the failure that names the field, where there is no clean value */
function required(value: string | undefined, code: Code, { key }: ValueFormat): string {
  if (value === undefined) throw attributeFailure(code, key, { key })
  return value
}
type Code = 'ATTRIBUTE_NOT_NUMBER' | 'ATTRIBUTE_NOT_BOOLEAN' | 'ATTRIBUTE_NOT_DAY' | 'ATTRIBUTE_NOT_MONEY' | Contact
type Contact = 'ATTRIBUTE_NOT_PHONE' | 'ATTRIBUTE_NOT_EMAIL' | 'ATTRIBUTE_NOT_REGION'

/** A number whose digits a spreadsheet has lost is recognised, so that a person can fetch the right one. */
const notOfSpreadsheet = (text: string, { key }: ValueFormat): string => {
  if (isSpreadsheetNumber(text)) throw attributeFailure('ATTRIBUTE_SPREADSHEET_NUMBER', key, { key })
  return foldText(text)
}
const matching = (text: string, pattern: RegExp): string | undefined => (pattern.test(text) ? text : undefined)

/** The clean value of each kind. */
const CLEAN: Record<AttributeField['kind'], Clean> = {
  TEXT: ({ key, folding }, text) => {
    if (text.length > MAX_TEXT) throw attributeFailure('ATTRIBUTE_TOO_LONG', key, { key, most: MAX_TEXT })
    return foldedBy(folding, text)
  },
  NUMBER: (format, text) => required(matching(notOfSpreadsheet(text, format), NUMBER), 'ATTRIBUTE_NOT_NUMBER', format),
  BOOLEAN: (format, text) => required(matching(foldText(text).toLowerCase(), /^(true|false)$/), 'ATTRIBUTE_NOT_BOOLEAN', format),
  DATE: (format, text) => {
    const day = dayOf(text, format.dateFormats)
    if (day === 'AMBIGUOUS') throw attributeFailure('ATTRIBUTE_DAY_AMBIGUOUS', format.key, { key: format.key })
    return required(day, 'ATTRIBUTE_NOT_DAY', format)
  },
  OPTION: ({ key, options }, text) => {
    const option = optionOf(options, text)
    if (option === undefined) throw attributeFailure('ATTRIBUTE_NOT_OPTION', key, { key, options: options.join(', ') })
    return option
  },
  MONEY: (format, text) => {
    const amount = amountOf(text, format.currency)
    if (amount === 'NO_CURRENCY') throw attributeFailure('ATTRIBUTE_NO_CURRENCY', format.key, { key: format.key })
    return required(amount, 'ATTRIBUTE_NOT_MONEY', format)
  },
  PHONE: (format, text) => required(foldPhone(notOfSpreadsheet(text, format)), 'ATTRIBUTE_NOT_PHONE', format),
  EMAIL: (format, text) => required(foldEmail(foldText(text)), 'ATTRIBUTE_NOT_EMAIL', format),
  REGION: (format, text) => {
    const region = regionOf(text)
    if (region === 'AMBIGUOUS') throw attributeFailure('ATTRIBUTE_REGION_AMBIGUOUS', format.key, { key: format.key })
    return required(region, 'ATTRIBUTE_NOT_REGION', format)
  },
}

/** Whether values of a field are published in events: those that are not personal, of fields of one value. */
export const isPublished = ({ sensitivity, cardinality }: Pick<AttributeField, 'sensitivity' | 'cardinality'>): boolean =>
  sensitivity === 'NONE' && cardinality === 'ONE'

/** A stored value of a field, and what was written for it. */
type Stored = { readonly value: string; readonly original: string }

/**
 * The value in the format, or undefined when it has none. Of one kind with other rules what was written is read again; of another kind
 * the clean value counts first.
 */
export function converted(
  format: ValueFormat,
  before: Pick<ValueFormat, 'kind' | 'cardinality'>,
  { value, original }: Stored,
): string | undefined {
  const texts = before.kind === format.kind ? [original, value] : [value, original]
  for (const text of texts) {
    const items = before.cardinality === 'MANY' ? itemsOf(text) : [text]
    const isOne = format.cardinality === 'ONE'
    const found = isOne && items.length !== 1 ? undefined : fitted(format, isOne ? items[0]! : JSON.stringify(items))
    if (found !== undefined) return found
  }
  return undefined
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
