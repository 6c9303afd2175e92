import { stringify } from 'csv-stringify/sync'
import type { Matching } from '../../services/identity/src/matching/match-records.rules.ts'
import { probabilityOf } from '../../services/identity/src/matching/model.rules.ts'
import type { Records } from './read-records.ts'

/** A pair for a person to label. */
export type SampledPair = { a: number; b: number; probability: number; isLinked: boolean }

const SHIFT = 67_108_864
const PER_BAND = 20
const BANDS = [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.01]

/** Pairs to label by hand, as many of each band of probabilities where the model is not certain, by chance. */
export function chooseSample({ blocking, bits, clusters }: Matching, random: () => number): SampledPair[] {
  const bands: SampledPair[][] = BANDS.map(() => [])
  const seen = BANDS.map(() => 0)
  for (const [at, pair] of blocking.pairs.entries()) {
    const probability = probabilityOf(bits[at]!)
    if (probability < 0.002) continue
    const band = BANDS.findIndex((end) => probability < end)
    const [a, b] = [Math.floor(pair / SHIFT), pair % SHIFT]
    // Reservoir sampling (Vitter 1985, algorithm R).
    const place = bands[band]!.length < PER_BAND ? bands[band]!.length : Math.floor(random() * (seen[band]! + 1))
    seen[band]!++
    if (place < PER_BAND) bands[band]![place] = { a, b, probability, isLinked: clusters[a] === clusters[b] }
  }
  return bands.flat().sort((one, other) => one.probability - other.probability)
}

/** The sample as CSV: two rows for each pair, with an empty column for the label. */
export function writeSample(sample: readonly SampledPair[], { ids, values, columns }: Records): string {
  const rows = sample.flatMap(({ a, b, probability, isLinked }, index) =>
    [a, b].map((record) => [index + 1, ids[record], probability.toFixed(6), isLinked ? 'yes' : 'no', '', ...values[record]!]),
  )
  // A value that a spreadsheet would run as a formula is shown as text.
  return stringify([['pair', 'id', 'probability', 'linked', 'same person? yes or no', ...columns.map(({ name }) => name)], ...rows], {
    escape_formulas: true,
  })
}
