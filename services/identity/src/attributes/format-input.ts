import { currencyCode } from '@renmai/platform/serve/money'
import { z } from 'zod'
import { AttributeCardinality, AttributeDayFormat, AttributeFolding, AttributeKind } from '../gen/resolvers.ts'
import { attributeFailure } from './attribute.failures.ts'
import type { AttributeField, ValueFormat } from './attribute.table.ts'
import { checkName, checkOptions } from './attribute-field.rules.ts'

export const Options = z.array(z.string().min(1).max(100)).max(500)
export const Unit = z.string().max(32)

/** The input of the format of a field's values. */
export const formatInput = {
  kind: z.enum(AttributeKind),
  cardinality: z.enum(AttributeCardinality).nullish(),
  options: Options.nullish(),
  unit: Unit.nullish(),
  dateFormats: z.array(z.enum(AttributeDayFormat)).max(10).nullish(),
  currency: currencyCode.nullish(),
  folding: z.enum(AttributeFolding).nullish(),
}

type Given<T> = { [K in keyof T]?: T[K] | null | undefined }
export type FormatInput = Pick<ValueFormat, 'kind'> & Given<Omit<ValueFormat, 'kind' | 'key'>>

/**
 * The format that an input describes.
 * @throws AppError INVALID for a part that the kind does not have
 */
export function checkFormat(key: string, sensitivity: AttributeField['sensitivity'], input: FormatInput): ValueFormat {
  const { kind, unit, dateFormats, currency, folding } = input
  const cardinality = input.cardinality ?? 'ONE'
  checkName({ key, kind, sensitivity, cardinality })
  requireParts(input)
  return {
    key,
    kind,
    cardinality,
    options: checkOptions(kind, input.options ?? []),
    unit: unit || null,
    dateFormats: [...new Set(dateFormats)],
    currency: currency ?? null,
    folding: folding ?? 'NONE',
  }
}

function requireParts({ kind, unit, dateFormats, currency, folding }: FormatInput): void {
  if (unit && kind !== 'NUMBER') throw attributeFailure('UNIT_NOT_ALLOWED', 'unit')
  if (dateFormats?.length && kind !== 'DATE') throw attributeFailure('DATE_FORMATS_NOT_ALLOWED', 'dateFormats')
  if (currency && kind !== 'MONEY') throw attributeFailure('CURRENCY_NOT_ALLOWED', 'currency')
  if (folding && folding !== 'NONE' && kind !== 'TEXT') throw attributeFailure('FOLDING_NOT_ALLOWED', 'folding')
}
