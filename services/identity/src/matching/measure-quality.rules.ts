import type { Matching } from './match-records.rules.ts'
import { probabilityOf } from './model.rules.ts'
import { certaintyOf, type Estimate, ratioOf, wilson } from './quality.rules.ts'

export type Quality = {
  /** The share of listed pairs that are of one person. */
  precision: Estimate
  /** The share of pairs of one person that are listed. */
  recall: Estimate
  /** The share of pairs of one person that the blocking found, by a comparison of some records with all others. */
  blockingRecall: Estimate
}

/** Comparisons that the estimate of the blocking costs, at most. */
const SCANS = 2_000_000
const SHIFT = 67_108_864

/** Estimates precision and recall from the model alone, without labels. They are as good as the model. */
export function measureQuality(matching: Matching, clusters: readonly (readonly number[])[], random: () => number): Quality {
  const { scorer, blocking, bits, clusters: of } = matching
  const found = clusters.map((members) => certaintyOf(members, scorer.bits))
  const blockingRecall = scanRecords(matching, random)
  const expected = found.reduce((sum, one) => sum + one.expected, 0)
  let missed = 0
  for (const [at, pair] of blocking.pairs.entries())
    if (of[Math.floor(pair / SHIFT)] !== of[pair % SHIFT]) missed += probabilityOf(bits[at]!)
  const parts = found.map((one): [number, number] => [one.expected, one.expected * (1 + missed / Math.max(expected, 1e-9))])
  const recall = ratioOf(parts)
  // The number of missed pairs is a sum of probabilities; its own deviation is near its root.
  const spread = (1.96 * Math.sqrt(missed + 1)) / Math.max(expected + missed, 1)
  const clamp = (value: number) => Math.max(0, Math.min(1, value))
  return {
    precision: ratioOf(found.map((one): [number, number] => [one.expected, one.pairs])),
    recall: {
      value: recall.value * blockingRecall.value,
      low: clamp((recall.low - spread) * blockingRecall.low),
      high: clamp((recall.high + spread) * blockingRecall.high),
    },
    blockingRecall,
  }
}

/** Compares some records with all others: how many of their matches are in the same cluster or were compared. */
function scanRecords({ stock, blocking, scorer, clusters, model }: Matching, random: () => number): Estimate {
  const size = stock.size()
  const [first = ''] = blocking.rules
  if (first === 'all pairs') return { value: 1, low: 1, high: 1 }
  const threshold = Math.log2(model.thresholds.link / (1 - model.thresholds.link))
  let [hits, matches] = [0, 0]
  for (let scan = 0; scan < Math.min(size, Math.ceil(SCANS / size)); scan++) {
    const record = Math.floor(random() * size)
    for (let other = 0; other < size; other++) {
      if (other === record || scorer.bits(record, other) < threshold) continue
      matches++
      if (blocking.has(record, other) || clusters[record] === clusters[other]) hits++
    }
  }
  return wilson(hits, matches)
}
