import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ClusterOptions, clusterRecords } from './cluster.rules.ts'
import { createHeap } from './heap.rules.ts'

/** Clusters of records whose scores are given, and -8 bits for all other pairs. */
function cluster(records: number, scores: Record<string, number>, options: Partial<ClusterOptions> = {}): number[] {
  const bits = (a: number, b: number) => scores[`${Math.min(a, b)}-${Math.max(a, b)}`] ?? -8
  const edges = Object.entries(scores).map(([pair, score]) => [...pair.split('-').map(Number), score] as [number, number, number])
  return [...clusterRecords({ records, edges, bits, threshold: 0, lower: -30, ...options }).clusters]
}

it('joins a pair that no label connects to the others, when the other pairs prove it', () => {
  expect(cluster(3, { '0-1': 9, '1-2': 9, '0-2': -3 })).toEqual([0, 0, 0])
})

it('a chain of good pairs does not join records that contradict each other', () => {
  expect(cluster(4, { '0-1': 9, '2-3': 9, '1-2': 6 })).toEqual([0, 0, 2, 2])
})

it('no pair of a cluster is below the lower bound', () => {
  const chain = { '0-1': 9, '1-2': 9, '0-2': -9 }
  expect(cluster(3, chain, { lower: -30 })).toEqual([0, 0, 0])
  expect(new Set(cluster(3, chain, { lower: -8 })).size).toBe(2)
})

it('records that must not be linked stay apart, directly and through others', () => {
  const all = { '0-1': 9, '1-2': 9, '0-2': 9 }
  const isForbidden = (a: number, b: number) => a + b === 2 && a !== b
  const found = cluster(3, all, { isForbidden })
  expect(found[0]).not.toBe(found[2])
  expect(new Set(found).size).toBe(2)
})

it('keeps cannot-links and the lower bound whatever the scores are', () => {
  const score = fc.integer({ min: -12, max: 12 })
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 28, maxLength: 28 }),
      fc.array(fc.boolean(), { minLength: 28, maxLength: 28 }),
      (values, apart) => {
        const pairs = Array.from({ length: 8 }, (_none, a) => Array.from({ length: a }, (_other, b) => [b, a] as const)).flat()
        const at = (a: number, b: number) => pairs.findIndex(([x, y]) => x === Math.min(a, b) && y === Math.max(a, b))
        const { clusters: found } = clusterRecords({
          records: 8,
          edges: pairs.map(([a, b], index) => [a, b, values[index]!] as const),
          bits: (a, b) => values[at(a, b)]!,
          threshold: 0,
          lower: -6,
          isForbidden: (a, b) => apart[at(a, b)]!,
        })
        for (const [index, [a, b]] of pairs.entries()) {
          if (found[a] !== found[b]) continue
          expect(apart[index]).toBe(false)
          expect(values[index]).toBeGreaterThanOrEqual(-6)
        }
      },
    ),
  )
})

it('the heap returns values by falling score', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (scores) => {
      const heap = createHeap<number>()
      for (const score of scores) heap.push(score, score)
      expect(scores.map(() => heap.pop())).toEqual(scores.toSorted((a, b) => b - a))
      expect(heap.pop()).toBeUndefined()
    }),
  )
})
