import type { Comparison } from './comparison.rules.ts'
import { type FieldModel, frequencyBits, type Model, priorBits, probabilityOf, relativesBits, weightOf } from './model.rules.ts'
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
  /** What is taken off because relatives are alike too, in bits; 0 or less. */
  relatives: number
  /** Prior, all weights and `relatives`. */
  sum: number
  probability: number
  /** The bits at and above which two records are linked. */
  threshold: number
  decision: 'LINK' | 'REVIEW' | 'REJECT'
}

/**
 * Explains the score of two records, whose values are in the order of the columns of the model. The weights, the prior and
 * what relatives take off add up to the sum, and the sum is the logarithm to the base 2 of the odds of the probability.
 */
export function explainPair(model: Model, a: readonly string[], b: readonly string[]): Explanation {
  const { comparisons } = createStock(model.columns, [a, b])
  const fields = comparisons.map(({ compare, shown }, index): FieldExplanation => {
    const field = model.fields[index]!
    const level = compare(0, 1)
    const found = level === 0 ? undefined : field.levels[level - 1]!
    const weight = found ? weightOf(found.m, found.u) + rarityOf(field, comparisons[index]!) : 0
    return { field: field.name, a: shown(0), b: shown(1), level: found?.meaning ?? null, weight }
  })
  const prior = priorBits(model.prior)
  const relatives = relativesOf(model, comparisons)
  const sum = fields.reduce((bits, { weight }) => bits + weight, prior + relatives)
  const probability = probabilityOf(sum)
  const { link, reject } = model.thresholds
  const decision = probability >= link ? 'LINK' : probability >= reject ? 'REVIEW' : 'REJECT'
  return { fields, prior, relatives, sum, probability, threshold: priorBits(link), decision }
}

/** What the frequency of the value of both records adds to the weight of their agreement. */
const rarityOf = (field: FieldModel, { compare, shown }: Comparison): number =>
  compare(0, 1) === 1 ? Math.min(frequencyBits(field, shown(0)), frequencyBits(field, shown(1))) : 0

function relativesOf({ fields, relatives }: Model, comparisons: readonly Comparison[]): number {
  if (!relatives) return 0
  const weights = comparisons.map((comparison, index) => {
    const level = comparison.compare(0, 1)
    if (level === 0) return 0
    const share = relatives.levels[index]![level - 1]!
    return weightOf(share, fields[index]!.levels[level - 1]!.u) + rarityOf(fields[index]!, comparison)
  })
  return relativesBits(weights.reduce((sum, weight) => sum + weight, priorBits(relatives.prior)))
}
