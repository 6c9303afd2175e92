/** A value must have the format of its field's type. Among the values of one customer's profiles the newest counts. */
import { AppError } from '@renmai/platform/serve/errors'
import type { AttributeValue, Field } from './attribute.table.ts'

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** @throws AppError INVALID naming the key */
export function checkValue(field: Field, value: string): string {
  const fail = (what: string) => new AppError('INVALID', `${field.key}: ${what}`, { [field.key]: what })
  switch (field.type) {
    case 'TEXT':
      if (value.length > 1_000) throw fail('has more than 1,000 characters')
      return value
    case 'NUMBER':
      if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(value)) throw fail('is not a decimal number')
      return value
    case 'BOOLEAN':
      if (value !== 'true' && value !== 'false') throw fail('is neither true nor false')
      return value
    case 'DATE':
      if (!DAY.test(value) || Number.isNaN(Date.parse(value)) || new Date(value).toISOString().slice(0, 10) !== value)
        throw fail('is not a day written YYYY-MM-DD')
      return value
    case 'OPTION':
      if (!field.options.includes(value)) throw fail(`is none of ${field.options.join(', ')}`)
      return value
  }
}

/** Survivorship: per key the value observed last; of two at the same moment that of the lesser source name. */
export function survivingValues<R extends Pick<AttributeValue, 'key' | 'observedAt' | 'source'>>(rows: R[]): R[] {
  const best = new Map<string, R>()
  for (const row of rows) {
    const other = best.get(row.key)
    const later = other && row.observedAt.getTime() - other.observedAt.getTime()
    if (later === undefined || later > 0 || (later === 0 && row.source < other!.source)) best.set(row.key, row)
  }
  return [...best.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}
