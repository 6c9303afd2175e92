import { frequencyBits, type Model, priorBits, relativesBits, weightOf } from './model.rules.ts'
import type { Stock } from './stock.rules.ts'

/** Levels per field at most, with "missing". */
const WIDTH = 16

/** Scores pairs of records of a stock by a model. */
export type Scorer = {
  /** Evidence against strangers in bits, without the prior. */
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
  const { fields, relatives } = model
  const weights = tableOf(model, (field, level) => fields[field]!.levels[level]!.m)
  const alike = tableOf(model, (field, level) => relatives?.levels[field]![level] ?? 1)
  const [prior, alikePrior] = [priorBits(model.prior), relatives ? priorBits(relatives.prior) : Number.NEGATIVE_INFINITY]
  const compares = stock.comparisons.map(({ compare }) => compare)
  const known: number[][] = stock.comparisons.map(() => [])
  const frequency = (field: number, record: number): number => {
    const { valueOf, shown } = stock.comparisons[field]!
    return (known[field]![valueOf(record)] ??= frequencyBits(fields[field]!, shown(record)))
  }
  const sums = { person: 0, relatives: 0 }
  const add = (a: number, b: number): void => {
    let [person, near] = [0, alikePrior]
    for (let field = 0; field < compares.length; field++) {
      const level = compares[field]!(a, b)
      const rarity = level === 1 ? Math.min(frequency(field, a), frequency(field, b)) : 0
      person += weights[field * WIDTH + level]! + rarity
      near += alike[field * WIDTH + level]! + rarity
    }
    sums.person = person
    sums.relatives = near
  }
  const evidence = (a: number, b: number): number => {
    add(a, b)
    return sums.person
  }
  const bits = (a: number, b: number): number => {
    add(a, b)
    return prior + sums.person + relativesBits(sums.relatives)
  }
  return { evidence, bits, frequency }
}

/** Weights in bits of all levels of all fields, against strangers; 0 where a value is missing. */
function tableOf({ fields }: Model, shareOf: (field: number, level: number) => number): Float64Array {
  const table = new Float64Array(fields.length * WIDTH)
  for (const [field, { levels }] of fields.entries())
    for (const [level, { u }] of levels.entries()) table[field * WIDTH + level + 1] = weightOf(shareOf(field, level), u)
  return table
}
