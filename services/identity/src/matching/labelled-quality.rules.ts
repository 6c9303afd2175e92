import type { Estimate } from './quality.rules.ts'

/**
 * A band of pairs from which some were drawn by chance for people to label. The bands hold all pairs that may be of one person,
 * and none is on both sides of the threshold.
 */
export type Stratum = {
  /** Pairs in it. */
  readonly pairs: number
  /** Mean probability of its pairs by the model, which counts while nobody has labelled one. */
  readonly expected: number
  /** Labelled pairs, and those of them that are of one person. */
  readonly labelled: number
  readonly same: number
  /** Whether its pairs are at or above the threshold. */
  readonly isLinked: boolean
}

export type LabelledQuality = { readonly precision: Estimate; readonly recall: Estimate }

const Z = 1.96

/**
 * Precision and recall by the labels of people: a stratified estimate, with intervals of its linearised variance (Cochran 1977,
 * 5A and 6). Half a pair of each kind is added to each labelled stratum, so that few labels of one kind are not taken for certainty.
 * @param blocking share of the pairs of one person that are among the strata
 */
export function labelledQuality(strata: readonly Stratum[], blocking: Estimate): LabelledQuality {
  const parts = strata.map(partOf)
  const linked = parts.filter(({ isLinked }) => isLinked)
  const [found, listed] = [sumOf(linked, 'same'), sumOf(linked, 'pairs')]
  const all = sumOf(parts, 'same')
  const precision = listed === 0 ? 1 : found / listed
  const recall = all === 0 ? 1 : found / all
  // The recall is a ratio of two sums of the same strata: linked ones count for it with (1 - recall), the others against it.
  const spread = parts.reduce((sum, { isLinked, variance }) => sum + (isLinked ? (1 - recall) ** 2 : recall ** 2) * variance, 0)
  return {
    precision: estimate(precision, listed === 0 ? 1 : Math.sqrt(sumOf(linked, 'variance')) / listed),
    recall: times(estimate(recall, all === 0 ? 1 : Math.sqrt(spread) / all), blocking),
  }
}

type Part = { isLinked: boolean; pairs: number; same: number; variance: number }

function partOf({ pairs, expected, labelled, same, isLinked }: Stratum): Part {
  const share = labelled === 0 ? expected : (same + 0.5) / (labelled + 1)
  // Without labels nothing is known but the model's word: any share is possible.
  // The interval of few labels is as wide as that of Agresti and Coull (1998): it is centred between the share and one half.
  const centre = (same + (Z * Z) / 2) / (labelled + Z * Z)
  const ofShare =
    labelled === 0 ? 0.25 / 3 : ((centre * (1 - centre)) / (labelled + Z * Z)) * Math.max(0, 1 - labelled / Math.max(1, pairs))
  return { isLinked, pairs, same: share * pairs, variance: pairs ** 2 * ofShare }
}

const sumOf = (parts: readonly Part[], what: 'pairs' | 'same' | 'variance') => parts.reduce((sum, part) => sum + part[what], 0)

const clamp = (value: number) => Math.max(0, Math.min(1, value))
const estimate = (value: number, deviation: number): Estimate => ({
  value,
  low: clamp(value - Z * deviation),
  high: clamp(value + Z * deviation),
})
const times = (a: Estimate, b: Estimate): Estimate => ({ value: a.value * b.value, low: a.low * b.low, high: a.high * b.high })
