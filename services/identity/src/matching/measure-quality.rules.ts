import { CLIP, growthOf, type Link, MOST_GROWTH } from './cluster.rules.ts'
import { pairOf } from './dictionary.rules.ts'
import type { Matching } from './match-records.rules.ts'
import { probabilityOf } from './model.rules.ts'
import { type Estimate, ratioOf } from './quality.rules.ts'

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
const Z = 1.96
/** The odds of a model that nobody has checked may be wrong by a factor of three. */
const DOUBT = Math.log2(3)
/** Scores are clipped, so that the mean of strangers is no less than this: it states nothing about how strange they are. */
const FLOOR = MOST_GROWTH - CLIP + 1
const NEGLIGIBLE = -20

/** A number of pairs of one person, with the variance of chance. */
type Count = { value: number; variance: number }

/**
 * Estimates precision and recall from the model alone, without labels; they are as good as the model. A pair is as certain as the join of
 * the two groups of records that it belongs to: records that other pairs hold together are of one person though their own pair proves
 * little, and records that other pairs keep apart are not though their own pair is alike. All pairs of a join are right or wrong
 * together, and the interval has that chance and a doubt about the odds themselves.
 */
export function measureQuality(matching: Matching, random: () => number): Quality {
  const listed = matching.joins.reduce((sum, { pairs }) => sum + pairs, 0)
  const [less, usual, more] = [-DOUBT, 0, DOUBT].map((doubt) => ({
    right: countLinks(matching.joins, doubt),
    missed: add(countLinks(apartOf(matching), doubt), countAlone(matching, doubt)),
  })) as [Doubted, Doubted, Doubted]
  const blockingRecall = scanRecords(matching, random)
  if (listed === 0) return { precision: NOTHING, recall: recallOf(less, usual, more, blockingRecall), blockingRecall }
  const share = ({ right }: Doubted) => right.value / listed
  const chance = (Z * Math.sqrt(usual.right.variance)) / listed
  const precision = around(share(usual), share(less), share(more), chance)
  return { precision, recall: recallOf(less, usual, more, blockingRecall), blockingRecall }
}

type Doubted = { right: Count; missed: Count }

const NOTHING: Estimate = { value: 1, low: 0, high: 1 }

const add = (one: Count, other: Count): Count => ({ value: one.value + other.value, variance: one.variance + other.variance })

function recallOf(less: Doubted, usual: Doubted, more: Doubted, blocking: Estimate): Estimate {
  const share = ({ right, missed }: Doubted) => right.value / (right.value + missed.value)
  const { right, missed } = usual
  const all = right.value + missed.value
  if (all === 0) return NOTHING
  const chance = (Z * Math.sqrt(missed.value ** 2 * right.variance + right.value ** 2 * missed.variance)) / all ** 2
  const ends = [share(less), share(more)].toSorted((a, b) => a - b) as [number, number]
  const { value, low, high } = around(share(usual), ...ends, chance)
  return { value: value * blocking.value, low: low * blocking.low, high: high * blocking.high }
}

/** An estimate whose interval has two independent causes: the doubt about the odds, and chance. */
function around(value: number, less: number, more: number, chance: number): Estimate {
  const [down, up] = [Math.hypot(Math.max(0, value - less), chance), Math.hypot(Math.max(0, more - value), chance)]
  return { value, low: Math.max(0, value - down), high: Math.min(1, value + up) }
}

/** Clusters that stay apart, as far as their score states how probable it is that they are of one person. */
const apartOf = ({ apart }: Matching): Link[] => [...apart.values()].filter(({ bits }) => bits >= FLOOR)

function countLinks(links: Iterable<Link>, doubt: number): Count {
  const found = { value: 0, variance: 0 }
  for (const { pairs, bits } of links) {
    const probability = probabilityOf(bits + doubt)
    found.value += pairs * probability
    found.variance += pairs ** 2 * probability * (1 - probability)
  }
  return found
}

/** Compared pairs of clusters between which there is nothing but this pair. */
function countAlone({ blocking, bits, clusters, apart }: Matching, doubt: number): Count {
  const found = { value: 0, variance: 0 }
  for (const [at, pair] of blocking.pairs.entries()) {
    const score = bits[at]!
    if (score < NEGLIGIBLE) continue
    const [a, b] = [clusters[Math.floor(pair / SHIFT)]!, clusters[pair % SHIFT]!]
    if (a === b || isCounted(apart, a, b)) continue
    const probability = probabilityOf(score + doubt)
    found.value += probability
    found.variance += probability * (1 - probability)
  }
  return found
}

const isCounted = (apart: Matching['apart'], a: number, b: number): boolean => (apart.get(pairOf(a, b))?.bits ?? FLOOR - 1) >= FLOOR

/** Compares some records with all others: the share of their expected matches whose records or clusters were compared. */
function scanRecords(matching: Matching, random: () => number): Estimate {
  const size = matching.stock.size()
  const [first = ''] = matching.blocking.rules
  if (first === 'all pairs') return { value: 1, low: 1, high: 1 }
  const scans = Array.from({ length: Math.min(size, Math.ceil(SCANS / size)) }, () => scanRecord(matching, Math.floor(random() * size)))
  const { value, low, high } = ratioOf(scans)
  const matches = scans.reduce((sum, [, all]) => sum + all, 0)
  // Where nothing is missed, the share that may be missed all the same is three in as many trials (the rule of three, Hanley 1983).
  return { value, low: Math.min(low, matches / (matches + 3)), high }
}

/** Expected matches of a record: those that were compared, and all. A cluster that was not compared matches as a whole or not at all. */
function scanRecord({ blocking, scorer, clusters, apart, isAllowed }: Matching, record: number): [found: number, all: number] {
  const own = clusters[record]!
  const seen = new Map<number, { sum: number; pairs: number; found: number }>()
  let mine = 0
  for (const [other, cluster] of clusters.entries()) {
    if (other === record || !isAllowed(record, other)) continue
    if (cluster === own) mine++
    else {
      const of = seen.get(cluster) ?? { sum: 0, pairs: 0, found: 0 }
      of.sum += Math.min(CLIP, scorer.bits(record, other))
      of.pairs++
      of.found += Number(blocking.has(record, other))
      seen.set(cluster, of)
    }
  }
  let [found, all] = [mine, mine]
  for (const [cluster, { sum, pairs, found: compared }] of seen) {
    if (apart.has(pairOf(own, cluster))) continue
    const probability = probabilityOf(sum / pairs + growthOf(pairs))
    all += pairs * probability
    found += compared * probability
  }
  return [found, all]
}
