import { frequencyBits, type Model, priorBits, weightOf } from './model.rules.ts'
import type { Stock } from './stock.rules.ts'

/** Levels per field at most, with "missing". */
const WIDTH = 16

/** Scores pairs of records of a stock by a model. */
export type Scorer = {
  /** Evidence in bits, without the prior. */
  evidence: (a: number, b: number) => number
  /** The logarithm to the base 2 of the odds that two records are of one person. */
  bits: (a: number, b: number) => number
  /** The frequency of the value of a record on a field, in bits that it adds to an agreement. */
  frequency: (field: number, record: number) => number
}

/**
 * Prepares the weights of a model for a stock. A score is then a sum of table entries: of the level of each field, and of the frequency
 * of the value where two records have the same.
 */
export function createScorer(model: Model, stock: Stock): Scorer {
  const weights = new Float64Array(model.fields.length * WIDTH)
  for (const [field, { levels }] of model.fields.entries())
    for (const [level, { m, u }] of levels.entries()) weights[field * WIDTH + level + 1] = weightOf(m, u)
  const prior = priorBits(model.prior)
  const compares = stock.comparisons.map(({ compare }) => compare)
  const known: number[][] = stock.comparisons.map(() => [])
  const frequency = (field: number, record: number): number => {
    const { valueOf, shown } = stock.comparisons[field]!
    return (known[field]![valueOf(record)] ??= frequencyBits(model.fields[field]!, shown(record)))
  }
  const evidence = (a: number, b: number): number => {
    let sum = 0
    for (let field = 0; field < compares.length; field++) {
      const level = compares[field]!(a, b)
      sum += weights[field * WIDTH + level]!
      if (level === 1) sum += Math.min(frequency(field, a), frequency(field, b))
    }
    return sum
  }
  return { evidence, bits: (a, b) => prior + evidence(a, b), frequency }
}
