import { pairOf } from './dictionary.rules.ts'
import { createHeap } from './heap.rules.ts'

export type ClusterOptions = {
  /** Their number. */
  records: number
  /** Pairs from which clusters grow, and their scores in bits. */
  edges: Iterable<readonly [a: number, b: number, bits: number]>
  /** The score of any two records in bits: the logarithm to the base 2 of the odds that they are of one person. */
  bits: (a: number, b: number) => number
  /** Two clusters whose link is below this many bits stay apart. */
  threshold: number
  /** No cluster has a pair below this many bits. */
  lower: number
  /** Which records are never in one cluster, whatever their score. */
  isForbidden?: ((a: number, b: number) => boolean) | undefined
  /** Which pairs are sought: only they are counted in links. All are by default. */
  isSought?: ((a: number, b: number) => boolean) | undefined
}

/** Two groups of records, and how probable it is that they are of one person. */
export type Link = {
  /** Sought pairs of a record of the one and a record of the other. */
  pairs: number
  /** Odds in bits that they are of one person, by all of these pairs. */
  bits: number
}

export type Clustering = {
  /** The cluster of each record, named by the smallest record in it. */
  clusters: Int32Array
  /** How clusters grew: each two records of a cluster are a pair of one of its joins. */
  joins: Link[]
  /** Clusters that were compared and stay apart, by `pairOf` of their names. */
  apart: Map<number, Link>
}

/** Sum of the scores of all pairs between two clusters; `APART` where they must stay apart. */
type Links = Map<number, number>

const APART = Number.NEGATIVE_INFINITY
/** A single pair counts for this many bits at most, for or against. */
export const CLIP = 12
/**
 * Pairs of two clusters prove more together than one of them does, and a person with several records is likelier to have one more than a
 * person with one is: at most this many bits. Measured on registers whose truth is known, scores are odds with it.
 */
export const MOST_GROWTH = 3

/** What more than one pair adds to the mean of their scores, in bits. */
export const growthOf = (pairs: number): number => Math.min(MOST_GROWTH, 0.5 * Math.log2(pairs))

const clip = (bits: number): number => Math.max(-CLIP, Math.min(CLIP, bits))

/**
 * Correlation clustering by average linkage: the two clusters with the best mean score of all their pairs are joined, until no mean
 * is good enough. A chain of good pairs joins no records that contradict each other.
 */
export function clusterRecords(options: ClusterOptions): Clustering {
  const clusters = createClusters(options)
  for (const [a, b, bits] of options.edges) if (clusters.isAllowed(a, b, bits)) clusters.setLink(a, b, clip(bits))
  const joins: Link[] = []
  for (let best = clusters.next(); best; best = clusters.next()) {
    joins.push(clusters.linkOf(best.a, best.b))
    clusters.join(best.a, best.b)
  }
  const names = clusters.members.map((members) => members.reduce((least, record) => Math.min(least, record), members[0] ?? 0))
  const found = new Int32Array(options.records)
  for (const [cluster, members] of clusters.members.entries()) for (const record of members) found[record] = names[cluster]!
  const apart = new Map<number, Link>()
  for (const [a, b] of clusters.listLinks()) apart.set(pairOf(names[a]!, names[b]!), clusters.linkOf(a, b))
  return { clusters: found, joins, apart }
}

function createClusters({ records, bits, threshold, lower, isForbidden = () => false, isSought }: ClusterOptions) {
  const members = Array.from({ length: records }, (_none, record): number[] => [record])
  const links: Links[] = []
  const heap = createHeap<{ a: number; b: number; size: number }>()
  const pairsOf = (a: number, b: number) => members[a]!.length * members[b]!.length
  const isAllowed = (a: number, b: number, score: number) => score >= lower && !isForbidden(a, b)

  const measure = (a: number, b: number): number => {
    let sum = 0
    for (const x of members[a]!) {
      for (const y of members[b]!) {
        const score = bits(x, y)
        if (!isAllowed(x, y, score)) return APART
        sum += clip(score)
      }
    }
    return sum
  }
  const setLink = (a: number, b: number, sum: number): void => {
    ;(links[a] ??= new Map()).set(b, sum)
    ;(links[b] ??= new Map()).set(a, sum)
    const [score, size] = [scoreOf(a, b), pairsOf(a, b)]
    if (score >= threshold) heap.push(score, { a, b, size })
  }
  const scoreOf = (a: number, b: number): number => {
    const pairs = pairsOf(a, b)
    return links[a]!.get(b)! / pairs + growthOf(pairs)
  }
  const linkOf = (a: number, b: number): Link => {
    const sought = (x: number) => members[b]!.reduce((sum, y) => sum + Number(isSought!(x, y)), 0)
    const pairs = isSought ? members[a]!.reduce((sum, x) => sum + sought(x), 0) : pairsOf(a, b)
    return { pairs, bits: scoreOf(a, b) }
  }
  function* listLinks(): Generator<readonly [number, number]> {
    for (const [a, of] of links.entries()) for (const b of of?.keys() ?? []) if (a < b) yield [a, b]
  }
  /** Joins the second cluster to the first. */
  const join = (a: number, b: number): void => {
    const [ofA, ofB] = [links[a]!, links[b]!]
    const others = new Set([...ofA.keys(), ...ofB.keys()].filter((other) => other !== a && other !== b))
    const sums = [...others].map((other) => [other, (ofA.get(other) ?? measure(a, other)) + (ofB.get(other) ?? measure(b, other))] as const)
    for (const other of others) {
      links[other]!.delete(a)
      links[other]!.delete(b)
    }
    members[a]!.push(...members[b]!)
    members[b] = []
    links[a] = new Map()
    links[b] = new Map()
    for (const [other, sum] of sums) setLink(a, other, sum)
  }
  /** The best link whose clusters are still as they were when it was measured. */
  const next = (): { a: number; b: number } | undefined => {
    for (let top = heap.pop(); top; top = heap.pop()) if (top.size === pairsOf(top.a, top.b) && links[top.a]!.has(top.b)) return top
    return undefined
  }
  return { members, isAllowed, setLink, linkOf, listLinks, join, next }
}
