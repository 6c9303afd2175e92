import { readFileSync } from 'node:fs'
import { guessKind, isKind, KINDS, type Kind } from '../../services/identity/src/matching/kinds.rules.ts'
import { InputError } from './input-error.ts'
import type { Table } from './read-table.ts'

/** Kinds of columns by header. */
export type Kinds = Map<string, Kind>

/**
 * The kinds of the columns of files: as the map has them, or guessed from headers without a map. Columns without a kind are not read.
 * @param id header of the column that identifies records; it is never compared
 * @throws InputError when the map is no map of columns to kinds, or names a column or a kind that does not exist
 */
export function readMap(path: string | undefined, tables: readonly Table[], id: string): Kinds {
  const headers = new Set(tables.flatMap((table) => table.headers))
  if (!headers.has(id)) throw new InputError('ID_COLUMN_MISSING', `There is no column ${id}. There are: ${[...headers].join(', ')}.`)
  for (const { path: file, headers: own } of tables)
    if (!own.includes(id)) throw new InputError('ID_COLUMN_MISSING', `${file} has no column ${id}. It has: ${own.join(', ')}.`)
  const kinds = path === undefined ? guessKinds(headers) : parseMap(path, headers)
  kinds.delete(id)
  if (kinds.size === 0) {
    const problem = path === undefined ? 'No header suggests what its column holds' : 'The map names no column to compare'
    throw new InputError('NOTHING_TO_COMPARE', `${problem}. Write a map such as {"name": "full_name", "born": "birth_date"}.`)
  }
  return kinds
}

function guessKinds(headers: ReadonlySet<string>): Kinds {
  return new Map(
    [...headers].flatMap((header) => {
      const kind = guessKind(header)
      return kind ? [[header, kind]] : []
    }),
  )
}

function parseMap(path: string, headers: ReadonlySet<string>): Kinds {
  const kinds: Kinds = new Map()
  for (const [name, kind] of Object.entries(readObject(path))) {
    const header = name.trim()
    if (!headers.has(header))
      throw new InputError(
        'MAP_COLUMN_UNKNOWN',
        `The map names the column ${name}, which no file has. There are: ${[...headers].join(', ')}.`,
      )
    // A column may be listed as one that is not read.
    if (kind === null) continue
    if (!isKind(kind))
      throw new InputError('MAP_KIND_UNKNOWN', `The map gives ${name} the kind ${JSON.stringify(kind)}. Kinds are ${KINDS.join(', ')}.`)
    kinds.set(header, kind)
  }
  return kinds
}

function readObject(path: string): object {
  let text: string
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    throw new InputError('MAP_UNREADABLE', `${path} cannot be read: ${(error as Error).message}.`)
  }
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read
  } catch {
    // The same message as for a text that is no object.
  }
  throw new InputError('MAP_NOT_JSON', `${path} is not a JSON object of columns and kinds, such as {"surname": "family_name"}.`)
}
