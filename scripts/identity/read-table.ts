import { readFileSync } from 'node:fs'
import { CsvError, parse } from 'csv-parse/sync'
import { InputError } from './input-error.ts'

export type Table = {
  path: string
  /** Without spaces around them. */
  headers: string[]
  rows: string[][]
}

const DELIMITERS = [',', ';', '\t', '|']

/**
 * Reads a file of delimited values with a header: UTF-8, UTF-16 or GB18030; comma, semicolon, tab or bar.
 * @throws InputError when it is no such file, is empty, or has rows of another length than the header
 */
export function readTable(path: string): Table {
  const text = decode(path, readBytes(path))
  const [header = [], ...rows] = parseRows(path, text)
  const headers = header.map((name) => name.trim())
  if (rows.length === 0) throw new InputError('FILE_EMPTY', `${path} has no records. The first line holds the names of the columns.`)
  const twice = headers.find((name, index) => name !== '' && headers.indexOf(name) < index)
  if (twice) throw new InputError('COLUMN_TWICE', `${path} has the column ${twice} twice. Rename one of them.`)
  for (const [index, row] of rows.entries()) requireWhole(path, headers.length, row, index)
  // A header such as "id, name" writes a space behind each comma; it belongs to no value.
  const isSpaced = header.length > 1 && header.slice(1).every((name) => name.startsWith(' '))
  return { path, headers, rows: isSpaced ? rows.map((row) => row.map((value) => value.trim())) : rows }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new InputError('FILE_UNREADABLE', `${path} cannot be read: ${(error as Error).message}.`)
  }
}

function decode(path: string, bytes: Buffer): string {
  if (bytes.length === 0) throw new InputError('FILE_EMPTY', `${path} is empty.`)
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined
  for (const encoding of utf16 ? [utf16] : ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
      if (!text.includes('\0')) return text
    } catch {
      // The next encoding, if there is one.
    }
  }
  throw new InputError('ENCODING_UNKNOWN', `${path} is neither UTF-8, UTF-16 with a byte order mark, nor GB18030. Save it as UTF-8.`)
}

function parseRows(path: string, text: string): string[][] {
  const line = text.slice(0, text.search(/[\r\n]|$/))
  const count = (delimiter: string) => line.split(delimiter).length
  const delimiter = DELIMITERS.reduce((best, one) => (count(one) > count(best) ? one : best))
  try {
    return parse(text, { bom: true, delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new InputError('FILE_NOT_CSV', `${path} cannot be read as delimited values: ${error.message}.`)
  }
}

/** Values behind the last column are accepted while they are empty. */
function requireWhole(path: string, columns: number, row: string[], index: number): void {
  while (row.length > columns && row.at(-1)!.trim() === '') row.pop()
  if (row.length === columns) return
  const problem = `record ${index + 1} of ${path} has ${row.length} values, and the header has ${columns}`
  throw new InputError('ROW_RAGGED', `${problem}. Put values that contain the delimiter in quotes.`)
}
