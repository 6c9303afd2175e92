import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import type { RejectionReason } from '../gen/resolvers.ts'
import { endOfRecord } from './record.rules.ts'

/** A record of the file: its values, or the reason why it has none. */
export type CsvRecord = { values: string[] } | { reason: RejectionReason; text: string }

const MAX_RECORD = 100_000
/** A quoted value has some line breaks at most; a quote that is still open behind so many lines is a mistake. */
const MAX_LINES = 100

/**
 * Reads the records of a CSV file, as people type them: quotes inside a value stand for themselves. A record that cannot be
 * read is one record with its reason, and the next one begins on the next line. Empty lines are no records.
 */
export async function* readRecords(chunks: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  const lines: string[] = []
  for await (const line of readLines(chunks)) {
    lines.push(line)
    yield* takeRecords(lines, false)
  }
  yield* takeRecords(lines, true)
}

/** Takes the records that are complete from the lines. */
function* takeRecords(lines: string[], isEnd: boolean): Generator<CsvRecord> {
  while (lines.length > 0) {
    if (lines[0]!.length > MAX_RECORD) yield { reason: 'ROW_TOO_LONG', text: lines.shift()! }
    else {
      const end = endOfRecord(lines)
      const isLost =
        end === undefined && (isEnd || lines.length > MAX_LINES || lines.reduce((sum, { length }) => sum + length, 0) > MAX_RECORD)
      if (isLost) yield { reason: 'QUOTE_NOT_CLOSED', text: lines.shift()! }
      else if (end === undefined) return
      else yield* readRecord(lines.splice(0, end).join('\n'))
    }
  }
}

function* readRecord(text: string): Generator<CsvRecord> {
  if (text.trim() === '') return
  // Most records have no quotes; the parser costs ten times as much.
  if (!text.includes('"')) yield { values: text.split(',') }
  else {
    try {
      const [values = []] = parse(text, { relax_quotes: true, relax_column_count: true })
      yield { values }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
      yield { reason: error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'QUOTE_NOT_CLOSED' : 'ROW_NOT_CSV', text }
    }
  }
}

/** Lines without their ends; a line that never ends is cut, so that a file without line breaks does not fill the memory. */
async function* readLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const text = rest + chunk
    // The line feed of a carriage return may be in the next chunk.
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()!
    if (rest.length > MAX_RECORD) rest = rest.slice(0, MAX_RECORD + 1)
    yield* lines
  }
  if (rest.replace(/\r$/, '') !== '') yield rest.replace(/\r$/, '')
}
