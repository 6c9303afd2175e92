/** Bands of probabilities, and the pairs of each that are drawn for people to label. */

/** Pairs whose probability is from the one bound up to, but without, the other. */
export type ProbabilityBand = {
  readonly from: number
  readonly to: number
  /** Pairs in it, and the mean of their probabilities. */
  readonly pairs: number
  readonly expected: number
}

/** Below the first bound hardly any pair is of one person. Where a model is unsure, bands are narrow. */
const BOUNDS = [0.002, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 1.000_001]
const PER_BAND = 20
const SHIFT = 67_108_864

/**
 * @param probabilities of all compared pairs
 * @param thresholds no band is on both sides of one of them
 */
export function bandsOf(probabilities: Float32Array, thresholds: readonly number[]): ProbabilityBand[] {
  const bounds = [...new Set([...BOUNDS, ...thresholds])].toSorted((a, b) => a - b)
  const [counts, sums] = [new Float64Array(bounds.length), new Float64Array(bounds.length)]
  for (const probability of probabilities) {
    const band = bandIn(bounds, probability)
    if (band === -1) continue
    counts[band]!++
    sums[band]! += probability
  }
  return bounds.slice(0, -1).map((from, band) => {
    const pairs = counts[band]!
    return { from, to: bounds[band + 1]!, pairs, expected: pairs === 0 ? 0 : sums[band]! / pairs }
  })
}

const bandIn = (bounds: readonly number[], probability: number): number => bounds.findLastIndex((from) => probability >= from)

/**
 * Draws the same number of pairs of each band, each pair of a band with the same chance (Vitter 1985, algorithm R).
 * @param pairs as in `Blocking`
 */
export function drawPairs(
  pairs: Float64Array,
  probabilities: Float32Array,
  bands: readonly ProbabilityBand[],
  random: () => number,
): { a: number; b: number; probability: number }[] {
  const bounds = bands.map(({ from }) => from)
  const drawn: { a: number; b: number; probability: number }[][] = bands.map(() => [])
  const seen = bands.map(() => 0)
  for (const [at, pair] of pairs.entries()) {
    const probability = probabilities[at]!
    const band = bandIn(bounds, probability)
    if (band === -1) continue
    const of = drawn[band]!
    const place = of.length < PER_BAND ? of.length : Math.floor(random() * (seen[band]! + 1))
    seen[band]!++
    if (place < PER_BAND) of[place] = { a: Math.floor(pair / SHIFT), b: pair % SHIFT, probability }
  }
  return drawn.flat()
}
