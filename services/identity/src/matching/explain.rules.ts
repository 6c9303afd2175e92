import { frequencyBits, type Model, priorBits, probabilityOf, weightOf } from './model.rules.ts'
import { createStock } from './stock.rules.ts'

/** The evidence of one field about two records. */
export type FieldExplanation = {
  field: string
  /** The values as they were compared. */
  a: string
  b: string
  /** What the level means; null when a value is missing. */
  level: string | null
  /** Bits for (positive) or against (negative) one person, of the level and of the frequency of the value. */
  weight: number
}

export type Explanation = {
  fields: FieldExplanation[]
  /** The prior in bits: what is added to the weights. */
  prior: number
  /** Prior and all weights. */
  sum: number
  probability: number
  /** The bits at and above which two records are linked. */
  threshold: number
  decision: 'LINK' | 'REVIEW' | 'REJECT'
}

/**
 * Explains the score of two records, whose values are in the order of the columns of the model. The weights and the prior add up to
 * the sum, and the sum is the logarithm to the base 2 of the odds of the probability.
 */
export function explainPair(model: Model, a: readonly string[], b: readonly string[]): Explanation {
  const { comparisons } = createStock(model.columns, [a, b])
  const fields = comparisons.map(({ compare, shown }, index): FieldExplanation => {
    const field = model.fields[index]!
    const level = compare(0, 1)
    const found = level === 0 ? undefined : field.levels[level - 1]!
    const frequency = level === 1 ? Math.min(frequencyBits(field, shown(0)), frequencyBits(field, shown(1))) : 0
    const weight = found ? weightOf(found.m, found.u) + frequency : 0
    return { field: field.name, a: shown(0), b: shown(1), level: found?.meaning ?? null, weight }
  })
  const prior = priorBits(model.prior)
  const sum = fields.reduce((bits, { weight }) => bits + weight, prior)
  const probability = probabilityOf(sum)
  const { link, reject } = model.thresholds
  const decision = probability >= link ? 'LINK' : probability >= reject ? 'REVIEW' : 'REJECT'
  return { fields, prior, sum, probability, threshold: priorBits(link), decision }
}
