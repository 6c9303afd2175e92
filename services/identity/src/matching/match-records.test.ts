import { describe, expect, it } from 'vitest'
import { explainPair } from './explain.rules.ts'
import type { Column } from './kinds.rules.ts'
import { type Matching, type MatchOptions, matchRecords } from './match-records.rules.ts'
import { measureQuality } from './measure-quality.rules.ts'
import { probabilityOf } from './model.rules.ts'

const COLUMNS: Column[] = [
  { name: 'name', kind: 'full_name' },
  { name: 'phone', kind: 'phone' },
  { name: 'born', kind: 'birth_date' },
  { name: 'city', kind: 'city' },
]
const FAMILIES = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'.split('')
const GIVEN = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚'.split('')
const CITIES = ['广州', '深圳', '杭州', '成都', '南京', '武汉', '西安', '苏州']

/** A source of chance with a seed: the middle bits of a linear congruence (Park and Miller 1988). */
function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Two records of each person: the second has a wrong digit in its phone, a missing value, or nothing wrong. */
function people(count: number): string[][] {
  const random = chanceOf(7)
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!
  return Array.from({ length: count }, (_none, index) => {
    const name = pick(FAMILIES) + pick(GIVEN) + pick(GIVEN)
    const phone = `13${String(Math.floor(random() * 1e9)).padStart(9, '0')}`
    const born = `${1950 + Math.floor(random() * 50)}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}`
    const first = [name, phone, born, pick(CITIES)]
    const second = [...first]
    if (index % 3 === 0) second[1] = `${phone.slice(0, 5)}${(Number(phone[5]) + 1) % 10}${phone.slice(6)}`
    if (index % 3 === 1) second[1 + (index % 2)] = ''
    return [first, second]
  }).flat()
}

const RECORDS = people(1_000)
const match = (options: Partial<MatchOptions> = {}): Matching =>
  matchRecords({ columns: COLUMNS, records: RECORDS, random: chanceOf(3), ...options })
const matching = match()

/** Precision and recall of pairs: records 2n and 2n+1 are of one person. */
function accuracyOf({ clusters }: Matching): { precision: number; recall: number } {
  const groups = [...Map.groupBy(clusters.keys(), (record) => clusters[record]!).values()]
  const listed = groups.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)
  const right = RECORDS.filter((_record, at) => at % 2 === 0 && clusters[at] === clusters[at + 1]).length
  return { precision: right / listed, recall: right / (RECORDS.length / 2) }
}

describe('matchRecords', () => {
  it('finds the records of one person without labels', () => {
    const { precision, recall } = accuracyOf(matching)
    expect(precision).toBeGreaterThan(0.99)
    expect(recall).toBeGreaterThan(0.99)
  })

  it('has the prior of all pairs, not of the compared ones', () => {
    const all = (RECORDS.length * (RECORDS.length - 1)) / 2
    expect(matching.blocking.pairs.length).toBeLessThan(all / 3)
    expect(matching.model.prior * all).toBeGreaterThan(950)
    expect(matching.model.prior * all).toBeLessThan(1_050)
  })

  it('keeps records apart that must not be linked', () => {
    expect(matching.clusters[0]).toBe(matching.clusters[1])
    const apart = match({ isForbidden: (a, b) => a + b === 1 })
    expect(apart.clusters[0]).not.toBe(apart.clusters[1])
  })

  it('compares records of different files only, when the files are given', () => {
    const { blocking } = match({ sources: RECORDS.map((_record, at) => at % 2) })
    expect(blocking.pairs.length).toBeGreaterThan(0)
    for (const pair of blocking.pairs) expect((Math.floor(pair / 67_108_864) + (pair % 67_108_864)) % 2).toBe(1)
  })

  it('finds nothing where nobody is twice', () => {
    const once = match({ records: RECORDS.filter((_record, at) => at % 2 === 0) })
    expect(new Set(once.clusters).size).toBeGreaterThan(990)
  })

  it.each([0, 1, 2])('works with %i records', (count) => {
    const few = match({ records: RECORDS.slice(0, count) })
    expect(few.clusters).toHaveLength(count)
    expect(Number.isFinite(few.model.prior)).toBe(true)
  })

  it('uses an earlier model, which is plain JSON', () => {
    const again = match({ model: JSON.parse(JSON.stringify(matching.model)) })
    expect(again.clusters).toEqual(matching.clusters)
    expect(again.bits).toEqual(matching.bits)
  })
})

it('m and u of each field are distributions', () => {
  for (const { levels } of matching.model.fields) {
    expect(levels.reduce((sum, { m }) => sum + m, 0)).toBeCloseTo(1, 6)
    expect(levels.reduce((sum, { u }) => sum + u, 0)).toBeCloseTo(1, 6)
  }
})

it('an explanation adds up to the score of the pair', () => {
  for (const [a, b] of [
    [0, 1],
    [2, 3],
    [4, 5],
    [0, 9],
  ] as const) {
    const found = explainPair(matching.model, RECORDS[a]!, RECORDS[b]!)
    expect(found.fields.reduce((sum, { weight }) => sum + weight, found.prior + found.relatives)).toBeCloseTo(found.sum, 9)
    expect(found.probability).toBeCloseTo(probabilityOf(matching.scorer.bits(a, b)), 6)
  }
  expect(explainPair(matching.model, RECORDS[0]!, RECORDS[1]!).decision).toBe('LINK')
  expect(explainPair(matching.model, RECORDS[0]!, RECORDS[9]!).decision).toBe('REJECT')
})

it('estimates precision and recall without labels, near the true ones', () => {
  const { precision, recall, blockingRecall } = measureQuality(matching, chanceOf(5))
  const truth = accuracyOf(matching)
  expect(Math.abs(precision.value - truth.precision)).toBeLessThan(0.03)
  expect(Math.abs(recall.value - truth.recall)).toBeLessThan(0.05)
  for (const { value, low, high } of [precision, recall, blockingRecall]) {
    expect(low).toBeLessThanOrEqual(value)
    expect(high).toBeGreaterThanOrEqual(value)
  }
})
