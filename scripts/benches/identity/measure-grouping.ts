import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { newId } from '@renmai/platform/serve/ids'
import { groupByIdentifiers, groupByNumbers } from '../../../services/identity/src/graph/group-by-identifiers.rules.ts'
import { createChance } from '../../identity/chance.ts'
import { say } from '../stage.ts'

/** The shape of what deterministic sources have: a million edges are of 530,000 records, 550,000 identifiers and 240,000 people. */
const [RECORDS, PEOPLE] = [0.53, 0.24]
/** Identifiers of a person, of which each record carries some. */
const [FEWEST, MOST] = [1, 4]
const CHUNK = 100_000

export type Extent = { edges: number; rounds: number }

/**
 * Compares how fast the people of a whole stock are found, by the identifiers that their records share, with label propagation in
 * DuckDB, which may use all cores: once from texts, and once from dense numbers. Both must find the same groups.
 */
export async function measureGrouping({ edges, rounds }: Extent): Promise<object> {
  const stock = createStock(edges)
  const database = await (await DuckDBInstance.create(':memory:')).connect()
  await load(database, stock)
  const texts = await compareWith(database, 'texts', rounds, () => groupByIdentifiers(stock.recordTexts, stock.identifierTexts))
  const numbers = await compareWith(database, 'numbers', rounds, () => groupByNumbers(stock.records, stock.identifiers))
  database.closeSync()
  return { unit: 'edges/s', limit: 'label propagation in DuckDB', wanted: 2.5, ...texts, dense: { wanted: 20, ...numbers } }
}

/** Edges of records and identifiers: their dense numbers, and their ids as texts. */
type Stock = { records: Int32Array; identifiers: Int32Array; recordTexts: string[]; identifierTexts: string[] }

function createStock(edges: number): Stock {
  const chance = createChance(1)
  const [mostRecords, people] = [Math.ceil(edges * RECORDS), Math.ceil(edges * PEOPLE)]
  const records = Int32Array.from({ length: edges }, () => chance.below(mostRecords))
  const starts: number[] = [0]
  for (let person = 0; person < people; person++) starts.push(starts[person]! + FEWEST + chance.below(MOST - FEWEST))
  const identifiers = records.map((record) => {
    const person = Math.floor((record * people) / mostRecords)
    return starts[person]! + chance.below(starts[person + 1]! - starts[person]!)
  })
  // Each from bytes of its own, as a driver makes them: a text that is put together would be flattened in the measurement.
  const texts = (numbers: Int32Array) => {
    const ids = Array.from({ length: greatest(numbers) + 1 }, () => newId())
    return Array.from(numbers, (no) => Buffer.from(ids[no]!).toString('latin1'))
  }
  return { records, identifiers, recordTexts: texts(records), identifierTexts: texts(identifiers) }
}

const greatest = (numbers: Int32Array) => numbers.reduce((most, no) => Math.max(most, no), -1)

async function load(database: DuckDBConnection, stock: Stock): Promise<void> {
  await database.run('CREATE TABLE texts (record VARCHAR, identifier VARCHAR)')
  await database.run('CREATE TABLE numbers (record INTEGER, identifier INTEGER)')
  const [texts, numbers] = [await database.createAppender('texts'), await database.createAppender('numbers')]
  for (let no = 0; no < stock.records.length; no++) {
    texts.appendVarchar(stock.recordTexts[no]!)
    texts.appendVarchar(stock.identifierTexts[no]!)
    texts.endRow()
    numbers.appendInteger(stock.records[no]!)
    numbers.appendInteger(stock.identifiers[no]!)
    numbers.endRow()
    if (no % CHUNK === 0) for (const one of [texts, numbers]) one.flushSync()
  }
  for (const one of [texts, numbers]) one.closeSync()
}

async function compareWith(database: DuckDBConnection, table: string, rounds: number, group: () => Int32Array) {
  let [ours, theirs, edges] = [0, 0, 0]
  for (let round = 0; round <= rounds; round++) {
    const began = performance.now()
    const groups = group()
    const grouped = performance.now()
    const found = await propagate(database, table)
    const ended = performance.now()
    const own = new Set(groups).size
    if (own !== found) throw new Error(`${own} groups, and ${found} by label propagation`)
    // The first round warms up.
    if (round === 0) continue
    edges += groups.length
    ours += grouped - began
    theirs += ended - grouped
  }
  const [value, limitValue] = [ours, theirs].map((ms) => Math.round(edges / (ms / 1_000))) as [number, number]
  const ratio = Number((value / limitValue).toFixed(2))
  say(`${table}: ${value} edges/s, DuckDB ${limitValue} edges/s, ratio ${ratio}`)
  return { value, limitValue, ratio }
}

/** Each record takes the least label of those that share an identifier with it, until none changes. @returns the number of labels */
async function propagate(database: DuckDBConnection, table: string): Promise<number> {
  await database.run(
    `CREATE OR REPLACE TEMP TABLE labels AS SELECT record, (row_number() OVER ())::INTEGER AS label FROM (SELECT DISTINCT record FROM ${table})`,
  )
  for (let changed = 1n; changed > 0n; ) {
    await database.run(
      `CREATE OR REPLACE TEMP TABLE least AS SELECT identifier, min(label) AS label FROM ${table} JOIN labels USING (record) GROUP BY identifier`,
    )
    await database.run(
      `CREATE OR REPLACE TEMP TABLE following AS SELECT e.record, min(l.label) AS label FROM ${table} e JOIN least l USING (identifier) GROUP BY e.record`,
    )
    const counted = await database.runAndReadAll(
      'SELECT count(*) AS n FROM following f JOIN labels l USING (record) WHERE f.label <> l.label',
    )
    changed = counted.getRows()[0]![0] as bigint
    await database.run('ALTER TABLE labels RENAME TO former; ALTER TABLE following RENAME TO labels; DROP TABLE former')
  }
  const counted = await database.runAndReadAll('SELECT count(DISTINCT label) AS n FROM labels')
  return Number(counted.getRows()[0]![0])
}
