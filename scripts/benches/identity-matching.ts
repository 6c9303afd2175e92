import { matchRecords, scorePairs } from '../../services/identity/src/matching/match-records.rules.ts'
import { createChance } from '../identity/chance.ts'
import { COLUMNS, createHistorical, type Row } from './matching/create-historical.ts'

const WHOLE = { people: 2_000, seed: 1, rounds: 5 }

/**
 * Matches records of a made historical register, whose truth is known, and measures how many pairs are scored per second on one core.
 * The limit is a loop over the same pairs that compares the numbers of their values for equality only.
 */
export async function identityMatching(): Promise<object> {
  return measureMatching(WHOLE)
}

export async function measureMatching({ people, seed, rounds }: typeof WHOLE): Promise<object> {
  const rows = createHistorical(people, seed)
  const records = rows.map((row) => COLUMNS.map(({ name }) => row[name]!))
  const began = performance.now()
  const matching = matchRecords({ columns: COLUMNS, records, random: createChance(seed).next })
  const seconds = (performance.now() - began) / 1000
  const { stock, blocking, scorer, clusters } = matching
  const rateOf = (run: () => unknown) => {
    const started = performance.now()
    for (let round = 0; round < rounds; round++) run()
    return Math.round((rounds * blocking.pairs.length) / ((performance.now() - started) / 1000))
  }
  const value = rateOf(() => scorePairs(blocking.pairs, scorer))
  const equal = (a: number, b: number) => stock.comparisons.reduce((sum, { valueOf }) => sum + Number(valueOf(a) === valueOf(b)), 0)
  const limitValue = rateOf(() => scorePairs(blocking.pairs, { ...scorer, bits: equal }))
  const accuracy = accuracyOf(rows, clusters)
  process.stdout.write(`${rows.length} records, ${blocking.pairs.length} pairs in ${seconds.toFixed(1)} s, F1 ${accuracy.f1}\n`)
  return {
    unit: 'pairs/s',
    value,
    limit: 'equality of values only',
    limitValue,
    ratio: Number((value / limitValue).toFixed(3)),
    records: rows.length,
    seconds: Number(seconds.toFixed(2)),
    ...accuracy,
  }
}

/** Pairwise precision, recall and F1 of clusters of rows. */
function accuracyOf(rows: readonly Row[], clusters: Int32Array): { precision: number; recall: number; f1: number } {
  const pairsOf = (groups: Iterable<{ length: number }>) => [...groups].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)
  const grouped = (keyOf: (record: number) => unknown) => pairsOf(Map.groupBy(rows.keys(), keyOf).values())
  const right = grouped((record) => `${clusters[record]} ${rows[record]!.cluster}`)
  const [listed, all] = [grouped((record) => clusters[record]), grouped((record) => rows[record]!.cluster)]
  const round = (share: number) => Number(share.toFixed(4))
  return { precision: round(right / listed), recall: round(right / all), f1: round((2 * right) / (listed + all)) }
}
