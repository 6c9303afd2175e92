import { type Matching, matchRecords } from '../../services/identity/src/matching/match-records.rules.ts'
import { measureQuality } from '../../services/identity/src/matching/measure-quality.rules.ts'
import { createChance } from './chance.ts'
import { chooseSample, writeSample } from './choose-sample.ts'
import { listClusters, listPairs } from './list-pairs.ts'
import { readMap } from './read-map.ts'
import { type Records, readRecords } from './read-records.ts'
import { readTable } from './read-table.ts'
import { writeFile } from './write-file.ts'
import { shownEstimate, writeReport } from './write-report.ts'

export type Options = { id: string; map?: string; out: string; report?: string; sample?: string }

/**
 * Finds the records of one person in a file, or in several files, and writes them as pairs.
 * @param isLink whether records are sought in different files only
 * @throws InputError for input that the user can correct; nothing is written then
 */
export function findPeople(
  paths: readonly string[],
  { id, map, ...outputs }: Options,
  isLink: boolean,
  print: (line: string) => void,
): void {
  const began = performance.now()
  const tables = paths.map(readTable)
  const kinds = readMap(map, tables, id)
  const records = readRecords(tables, id, kinds)
  print(map === undefined ? 'kinds of columns, guessed from their headers:' : 'kinds of columns:')
  for (const [name, kind] of kinds) print(`  ${name.padEnd(22)} ${kind}`)
  const { next } = createChance(1)
  const matching = matchRecords({
    columns: records.columns,
    records: records.values,
    sources: isLink ? records.sources : undefined,
    random: next,
  })
  const out = (name: string, value: string | number) => print(`${name.padEnd(24)} ${value}`)
  out('records', records.ids.length)
  out('compared pairs', matching.blocking.pairs.length)
  writeOutputs(matching, records, { paths, isLink, outputs, random: next, out })
  out('seconds', ((performance.now() - began) / 1000).toFixed(1))
}

type Target = {
  paths: readonly string[]
  isLink: boolean
  outputs: Omit<Options, 'id' | 'map'>
  random: () => number
  out: (name: string, value: string | number) => void
}

function writeOutputs(matching: Matching, records: Records, { paths, isLink, outputs, random, out }: Target): void {
  const clusters = listClusters(matching)
  const quality = measureQuality(matching, random)
  const parts = [...listPairs(matching, records, isLink, paths)]
  const pairs = parts.reduce((sum, part) => sum + part.split('\n').length - 1, -1)
  out('pairs of one person', pairs)
  out('persons in them', clusters.length)
  out('estimated precision', shownEstimate(quality.precision))
  out('estimated recall', shownEstimate(quality.recall))
  out('recall of blocking', shownEstimate(quality.blockingRecall))
  const sample = outputs.report || outputs.sample ? chooseSample(matching, random) : []
  if (outputs.sample) writeFile(outputs.sample, [writeSample(sample, records)])
  if (outputs.report) {
    const title = `Records of one person in ${paths.join(', ')}`
    writeFile(outputs.report, [writeReport({ title, matching, quality, sample, records, pairs, clusters: clusters.length })])
  }
  writeFile(outputs.out, parts)
}
