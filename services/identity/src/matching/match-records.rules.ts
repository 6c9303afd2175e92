import { type Blocking, blockRecords } from './block.rules.ts'
import { type Clustering, clusterRecords } from './cluster.rules.ts'
import { estimateModel } from './estimate.rules.ts'
import type { Column } from './kinds.rules.ts'
import type { Universe } from './level-rates.rules.ts'
import { type Model, priorBits, probabilityOf } from './model.rules.ts'
import { createScorer, type Scorer } from './score.rules.ts'
import { createStock, type Stock } from './stock.rules.ts'
import { chooseThresholds } from './thresholds.rules.ts'

export type Matching = {
  stock: Stock
  model: Model
  scorer: Scorer
  blocking: Blocking
  /** Score of each compared pair in bits, in the order of `blocking.pairs`. */
  bits: Float32Array
  /** Which pairs are sought. */
  isAllowed: (a: number, b: number) => boolean
} & Clustering

export type MatchOptions = {
  columns: readonly Column[]
  records: readonly (readonly string[])[]
  /** The file of each record. When given, only pairs of records of different files are sought. */
  sources?: readonly number[] | undefined
  /** Records that are never one person, whatever their score. */
  isForbidden?: ((a: number, b: number) => boolean) | undefined
  /** An earlier model of the same columns; without one, a model is estimated from the records. */
  model?: Model | undefined
  /** Numbers from 0 to 1 by chance, for samples. */
  random: () => number
}

const SHIFT = 67_108_864
/** No cluster has a pair with odds below this many bits: such a pair contradicts itself in several fields. */
const LOWER_BITS = -30
/** Pairs below this many bits begin no cluster. */
const EDGE_BITS = -4

/** Finds the records that are of one person. */
export function matchRecords(options: MatchOptions): Matching {
  const { columns, records, sources, isForbidden, model: given, random } = options
  const stock = createStock(columns, records)
  const areApart = sources && ((a: number, b: number) => sources[a] !== sources[b])
  const isAllowed = (a: number, b: number) => (!areApart || areApart(a, b)) && !isForbidden?.(a, b)
  const blocking = blockRecords(stock, { isAllowed })
  const apply = (model: Model) => applyModel({ stock, blocking, isAllowed }, model, isForbidden, areApart)
  if (given) return apply(given)
  const universe = universeOf(stock.size(), sources, random)
  const first = apply(withThresholds(estimateModel(stock, blocking.pairs, universe), stock, blocking))
  // Fields depend on each other more than the model knows: it expects more pairs than clusters allow.
  const prior = Math.min(first.model.prior, Math.max(1, countPairs(first.clusters, sources)) / Math.max(1, universe.pairs))
  if (prior > first.model.prior * 0.95) return first
  return apply(withThresholds({ ...first.model, prior }, stock, blocking))
}

function withThresholds(model: Model, stock: Stock, { pairs }: Blocking): Model {
  return { ...model, thresholds: chooseThresholds(scorePairs(pairs, createScorer(model, stock)).map(probabilityOf)) }
}

function applyModel(
  of: Pick<Matching, 'stock' | 'blocking' | 'isAllowed'>,
  model: Model,
  isForbidden: MatchOptions['isForbidden'],
  isSought: ((a: number, b: number) => boolean) | undefined,
): Matching {
  const { stock, blocking } = of
  const scorer = createScorer(model, stock)
  const bits = scorePairs(blocking.pairs, scorer)
  const clustering = clusterRecords({
    records: stock.size(),
    edges: edgesOf(blocking.pairs, bits),
    bits: scorer.bits,
    threshold: priorBits(model.thresholds.link),
    lower: LOWER_BITS,
    isForbidden,
    isSought,
  })
  return { ...of, model, scorer, bits, ...clustering }
}

/** Pairs of records of one cluster, of different files where files are given. */
function countPairs(clusters: Int32Array, sources: readonly number[] | undefined): number {
  const pairsIn = (keyOf: (record: number) => number) =>
    [...Map.groupBy(clusters.keys(), keyOf).values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)
  const all = pairsIn((record) => clusters[record]!)
  return sources ? all - pairsIn((record) => clusters[record]! * SHIFT + sources[record]!) : all
}

/** Scores of pairs in bits. */
export function scorePairs(pairs: Float64Array, { bits }: Scorer): Float32Array {
  const scores = new Float32Array(pairs.length)
  for (let at = 0; at < pairs.length; at++) scores[at] = bits(Math.floor(pairs[at]! / SHIFT), pairs[at]! % SHIFT)
  return scores
}

function* edgesOf(pairs: Float64Array, bits: Float32Array): Generator<readonly [number, number, number]> {
  for (let at = 0; at < pairs.length; at++)
    if (bits[at]! >= EDGE_BITS) yield [Math.floor(pairs[at]! / SHIFT), pairs[at]! % SHIFT, bits[at]!]
}

function universeOf(size: number, sources: readonly number[] | undefined, random: () => number): Universe {
  const counts = new Map<number, number>()
  for (const source of sources ?? []) counts.set(source, (counts.get(source) ?? 0) + 1)
  const within = [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
  const pick = (): readonly [number, number] => {
    for (;;) {
      const [a, b] = [Math.floor(random() * size), Math.floor(random() * size)]
      if (a !== b && (!sources || sources[a] !== sources[b])) return [a, b]
    }
  }
  return { pairs: (size * (size - 1)) / 2 - within, pick }
}
