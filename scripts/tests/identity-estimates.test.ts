import { describe, expect, it } from 'vitest'
import { type Matching, matchRecords } from '../../services/identity/src/matching/match-records.rules.ts'
import { measureQuality } from '../../services/identity/src/matching/measure-quality.rules.ts'
import { COLUMNS, createHistorical, type Row } from '../benches/matching/create-historical.ts'
import { createChance } from '../identity/chance.ts'

const match = (rows: readonly Row[], sources?: readonly number[]): Matching =>
  matchRecords({
    columns: COLUMNS,
    records: rows.map((row) => COLUMNS.map(({ name }) => row[name]!)),
    sources,
    random: createChance(1).next,
  })

/** True precision, recall and F1 of pairs; of pairs of different files where files are given. */
function accuracyOf({ clusters }: Matching, rows: readonly Row[], sources?: readonly number[]) {
  const within = (keyOf: (record: number) => unknown) =>
    [...Map.groupBy(rows.keys(), keyOf).values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)
  const count = (keyOf: (record: number) => unknown) =>
    within(keyOf) - (sources ? within((record) => `${keyOf(record)} ${sources[record]}`) : 0)
  const right = count((record) => `${clusters[record]} ${rows[record]!.cluster}`)
  const [listed, all] = [count((record) => clusters[record]), count((record) => rows[record]!.cluster)]
  return { precision: right / listed, recall: right / all, f1: (2 * right) / (listed + all) }
}

/** A share is in the interval that was estimated for it; a thousandth beside it is no error that a user would see. */
function expectInside(share: number, { low, value, high }: { low: number; value: number; high: number }): void {
  expect(low).toBeLessThanOrEqual(value)
  expect(value).toBeLessThanOrEqual(high)
  expect(share).toBeGreaterThan(low - 0.001)
  expect(share).toBeLessThan(high + 0.001)
}

describe.each([
  ['hard', 1, 0.94],
  ['clean', 0.3, 0.99],
])('records of a %s register', (_what, hardness, least) => {
  it.each([21, 22])('are found without labels, and the printed intervals hold the truth, seed %i', (seed) => {
    const rows = createHistorical(400, seed, hardness)
    const matching = match(rows)
    const truth = accuracyOf(matching, rows)
    expect(truth.f1).toBeGreaterThan(least)
    const { precision, recall } = measureQuality(matching, createChance(2).next)
    expectInside(truth.precision, precision)
    expectInside(truth.recall, recall)
    expect(recall.high - recall.low).toBeLessThan(0.25)
  })
})

/** Records of people in files: each person once in a file at most, or any number of times. */
function dealToFiles(seed: number, files: number, isOnce: boolean): { rows: Row[]; sources: number[] } {
  const chance = createChance(seed)
  const people = Map.groupBy(createHistorical(isOnce ? 2_000 : 300, seed, 0.5), ({ cluster }) => cluster).values()
  const dealt = [...people].flatMap((records) => {
    const left = [...records]
    if (!isOnce) return left.map((row) => ({ row, file: chance.below(files) }))
    return Array.from({ length: files }, (_none, file) => file).flatMap((file) =>
      left.length > 0 && chance.is(0.7) ? [{ row: left.splice(chance.below(left.length), 1)[0]!, file }] : [],
    )
  })
  dealt.sort((a, b) => a.file - b.file)
  return { rows: dealt.map(({ row }) => row), sources: dealt.map(({ file }) => file) }
}

describe('records of several files', () => {
  it.each([
    ['each person once in each of two files', 2, true, 0.95],
    ['each person once in each of three files', 3, true, 0.95],
    ['each person several times in two files', 2, false, 0.96],
    ['each person several times in three files', 3, false, 0.96],
  ])('%s', (_what, files, isOnce, least) => {
    const { rows, sources } = dealToFiles(31, files, isOnce)
    const matching = match(rows, sources)
    const truth = accuracyOf(matching, rows, sources)
    expect(truth.f1).toBeGreaterThan(least)
    const { precision, recall } = measureQuality(matching, createChance(2).next)
    expectInside(truth.precision, precision)
    expectInside(truth.recall, recall)
  })
})
