import type { Column } from '../../services/identity/src/matching/kinds.rules.ts'
import { InputError } from './input-error.ts'
import type { Kinds } from './read-map.ts'
import type { Table } from './read-table.ts'

export type Records = {
  columns: Column[]
  /** Values in the order of the columns. */
  values: string[][]
  ids: string[]
  /** The number of the file of each record. */
  sources: number[]
}

/**
 * The records of all files in one table. Columns of several files are the same column when they have the same kind and the same place
 * among the columns of that kind, whatever their headers.
 * @throws InputError when an id is missing, or twice in one file, or when no column holds a value
 */
export function readRecords(tables: readonly Table[], id: string, kinds: Kinds): Records {
  const columns: Column[] = []
  const places = tables.map((table) => placesOf(table, kinds, columns))
  const records: Records = { columns, values: [], ids: [], sources: [] }
  for (const [source, table] of tables.entries()) {
    const ids = readIds(table, id)
    for (const [index, row] of table.rows.entries()) {
      records.ids.push(ids[index]!)
      records.sources.push(source)
      records.values.push(columns.map((_column, at) => row[places[source]![at] ?? -1] ?? ''))
    }
  }
  if (!records.values.some((row) => row.some((value) => value.trim() !== '')))
    throw new InputError('NOTHING_TO_COMPARE', 'All columns that are compared are empty.')
  return records
}

/** Where the values of each column stand in a file. Adds columns that no earlier file has. */
function placesOf({ headers }: Table, kinds: Kinds, columns: Column[]): (number | undefined)[] {
  const places: (number | undefined)[] = []
  const seen = new Map<string, number>()
  for (const [place, header] of headers.entries()) {
    const kind = kinds.get(header)
    if (!kind) continue
    const order = seen.get(kind) ?? 0
    seen.set(kind, order + 1)
    const same = columns.flatMap((column, index) => (column.kind === kind ? [index] : []))
    const at = same[order] ?? columns.push({ name: header, kind }) - 1
    places[at] = place
  }
  return places
}

function readIds({ path, headers, rows }: Table, id: string): string[] {
  const place = headers.indexOf(id)
  const seen = new Set<string>()
  for (const [index, row] of rows.entries()) {
    const value = row[place]!
    if (value.trim() === '') throw new InputError('ID_EMPTY', `Record ${index + 1} of ${path} has no ${id}.`)
    if (seen.has(value)) throw new InputError('ID_TWICE', `${path} has the ${id} ${value} twice. An id names one record.`)
    seen.add(value)
  }
  return [...seen]
}
