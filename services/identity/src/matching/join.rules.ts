import type { Comparer } from './compare-records.rules.ts'
import { priorBits } from './model.rules.ts'

/** Probabilities: a pair at or above `upper` is of one person, one below `lower` is not. */
export type Bounds = { readonly lower: number; readonly upper: number }

/** A single pair counts for this many bits at most, for or against, as in `cluster.rules.ts`. */
const CLIP = 12

/**
 * Whether a model may join two customers: the mean score of all pairs of their profiles is good enough, and no pair contradicts the
 * others. A pair with few values that all agree contradicts nothing, though its score is low.
 * @param ours numbers of the records of one customer
 * @param theirs numbers of the records of the other
 */
export function mayJoin(
  ours: readonly number[],
  theirs: readonly number[],
  { bits, evidence }: Pick<Comparer, 'bits' | 'evidence'>,
  { lower, upper }: Bounds,
): boolean {
  const [least, enough] = [priorBits(lower), Math.min(CLIP, priorBits(upper))]
  let [sum, compared] = [0, 0]
  for (const a of ours) {
    for (const b of theirs) {
      const [proof, score] = [evidence(a, b), bits(a, b)]
      if (proof < 0 && score < least) return false
      if (proof === 0) continue
      sum += Math.max(-CLIP, Math.min(CLIP, score))
      compared++
    }
  }
  return compared > 0 && sum / compared >= enough
}
