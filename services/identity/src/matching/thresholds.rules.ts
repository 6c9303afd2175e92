import type { Model } from './model.rules.ts'

/** The expected share of pairs of one person that lie below the threshold for a refusal. */
const LOST = 0.005
const NEGLIGIBLE = 0.002

/**
 * Thresholds for probabilities of all compared pairs. `link` is where the expected F1 is highest: it maximises
 * 2 TP / (linked + all of one person), where expected numbers are sums of probabilities.
 * @param probabilities of all compared pairs, in any order
 */
export function chooseThresholds(probabilities: Float32Array): Model['thresholds'] {
  const sorted = probabilities.filter((probability) => probability > NEGLIGIBLE).sort()
  const expected = sorted.reduce((sum, one) => sum + one, 0)
  let [link, reject, best, above] = [0.5, 0.5, -1, 0]
  for (let at = sorted.length - 1; at >= 0; at--) {
    above += sorted[at]!
    const score = (2 * above) / (sorted.length - at + expected)
    if (score > best) {
      best = score
      link = sorted[at]!
    }
    if (expected - above >= LOST * expected) reject = sorted[at]!
  }
  return { link: Math.min(0.5, Math.max(0.2, link)), reject: Math.min(reject, 0.2) }
}
