import type { Model } from './model.rules.ts'
import { weightOf } from './model.rules.ts'
import { createScorer, type Scorer } from './score.rules.ts'
import { createStock } from './stock.rules.ts'

/** On which level two records are in one field. It holds no value of either. */
export type FieldLevel = {
  readonly field: string
  /** From 1, the best of the field; 0 when a value is missing. */
  readonly level: number
  /** Bits for (positive) or against (negative) one person. */
  readonly weight: number
}

export type Comparer = Pick<Scorer, 'bits' | 'evidence'> & {
  /** The comparison vector of two records: fields of which both have a value. */
  readonly levels: (a: number, b: number) => FieldLevel[]
}

/**
 * Prepares some records for comparison with each other.
 * @param records in the order of the columns of the model; they are numbered from 0
 */
export function createComparer(model: Model, records: readonly (readonly string[])[]): Comparer {
  const stock = createStock(model.columns, records)
  const { bits, evidence, frequency } = createScorer(model, stock)
  const levels = (a: number, b: number): FieldLevel[] =>
    stock.comparisons.flatMap(({ name, compare }, field) => {
      const level = compare(a, b)
      if (level === 0) return []
      const { m, u } = model.fields[field]!.levels[level - 1]!
      const weight = weightOf(m, u) + (level === 1 ? Math.min(frequency(field, a), frequency(field, b)) : 0)
      return [{ field: name, level, weight: Math.round(weight * 1_000) / 1_000 }]
    })
  return { bits, evidence, levels }
}
