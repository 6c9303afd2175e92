import { stringify } from 'csv-stringify/sync'
import { type Matching } from '../../services/identity/src/matching/match-records.rules.ts'
import { probabilityOf } from '../../services/identity/src/matching/model.rules.ts'
import type { Records } from './read-records.ts'

const ROWS_AT_A_TIME = 10_000

/** Records of each cluster of two or more, in the order of the file. */
export function listClusters({ clusters }: Matching): number[][] {
  return [...Map.groupBy(clusters.keys(), (record) => clusters[record]!).values()].filter((members) => members.length > 1)
}

/**
 * `pairs.csv` in parts: every two records of a cluster once, the earlier record first.
 * @param isLink whether only pairs of records of different files are listed
 * @param files names of the files, in columns of their own when records of two files have the same id
 */
export function* listPairs(matching: Matching, { ids, sources }: Records, isLink: boolean, files: readonly string[]): Generator<string> {
  const withFiles = new Set(ids).size < ids.length
  let rows: (string | number)[][] = [['id_a', 'id_b', 'probability', 'cluster', ...(withFiles ? ['file_a', 'file_b'] : [])]]
  for (const [cluster, members] of listClusters(matching).entries()) {
    for (const [index, a] of members.entries()) {
      for (const b of members.slice(index + 1)) {
        if (isLink && sources[a] === sources[b]) continue
        const named = withFiles ? [files[sources[a]!]!, files[sources[b]!]!] : []
        rows.push([ids[a]!, ids[b]!, probabilityOf(matching.scorer.bits(a, b)).toFixed(6), cluster + 1, ...named])
      }
    }
    if (rows.length < ROWS_AT_A_TIME) continue
    yield stringify(rows)
    rows = []
  }
  yield stringify(rows)
}
