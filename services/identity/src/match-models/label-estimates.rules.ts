import { type LabelledQuality, labelledQuality } from '../matching/labelled-quality.rules.ts'
import type { Labelled } from './match-model.loaders.ts'
import type { MatchModel } from './match-model.table.ts'

/**
 * Precision and recall of the pairs at or above `upper`, by the labels of people.
 * @returns null without a label
 */
export function estimatesOf(
  { bands, quality, upper }: Pick<MatchModel, 'bands' | 'quality' | 'upper'>,
  labels: readonly Labelled[],
): LabelledQuality | null {
  if (labels.length === 0) return null
  const strata = bands.map(({ from, to, pairs, expected }) => {
    const inBand = labels.filter(({ probability }) => probability >= from && probability < to)
    const same = inBand.filter(({ label }) => label === 'SAME').length
    return { pairs, expected, labelled: inBand.length, same, isLinked: from >= upper }
  })
  return labelledQuality(strata, quality.blockingRecall)
}
