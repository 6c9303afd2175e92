import { z } from 'zod'
import { AttributeCardinality, AttributeKind } from '../gen/resolvers.ts'
import { attributeFailure } from './attribute.failures.ts'
import type { ValueFormat } from './attribute.table.ts'
import { checkName, checkOptions } from './attribute-field.rules.ts'

export const Options = z.array(z.string().min(1).max(100)).max(500)
export const Unit = z.string().max(32)

/** The input of the format of a field's values. */
export const formatInput = {
  kind: z.enum(AttributeKind),
  cardinality: z.enum(AttributeCardinality).nullish(),
  options: Options.nullish(),
  unit: Unit.nullish(),
}

export type FormatInput = {
  kind: ValueFormat['kind']
  cardinality?: ValueFormat['cardinality'] | null | undefined
  options?: string[] | null | undefined
  unit?: string | null | undefined
}

/**
 * The format that an input describes.
 * @throws AppError INVALID for a part that the kind does not have
 */
export function checkFormat(key: string, sensitivity: 'NONE' | 'PERSONAL' | 'SENSITIVE', input: FormatInput): ValueFormat {
  const { kind, cardinality } = input
  checkName({ key, kind, sensitivity, cardinality: cardinality ?? 'ONE' })
  if (input.unit && kind !== 'NUMBER') throw attributeFailure('UNIT_NOT_ALLOWED', 'unit')
  return { key, kind, cardinality: cardinality ?? 'ONE', options: checkOptions(kind, input.options ?? []), unit: input.unit || null }
}
