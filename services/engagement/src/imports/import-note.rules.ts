import type { ImportNoteKind } from '../gen/resolvers.ts'
import type { ImportNotes } from './import.table.ts'

/** The notes of an import after more rows: the number of rows of each kind, and the first of them. */
export function addNotes(known: ImportNotes, rows: readonly { row: number; kinds: readonly ImportNoteKind[] }[]): ImportNotes {
  const notes = structuredClone(known)
  for (const { row, kinds } of rows)
    for (const kind of kinds) {
      const before = notes[kind] ?? { rows: 0, firstRow: row }
      notes[kind] = { rows: before.rows + 1, firstRow: Math.min(before.firstRow, row) }
    }
  return notes
}
