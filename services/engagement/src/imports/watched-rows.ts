import type { Watched } from '@renmai/platform/quarantine/quarantine-kind'

/** Rejected rows of files, by their import and their number in the file. */
export const watchedRows = {
  kind: 'FILE_ROW',
  table: 'import_errors',
  origin: (row) => `${row}.import_id::text || '|' || ${row}.row`,
  find: (origin) => `r.import_id = left(${origin}, 36)::uuid AND r.row = substr(${origin}, 38)::int`,
  waiting: () => 'true',
  source: (row) => `${row}.import_id::text`,
  subject: (row) => `${row}.row::text`,
  problem: (row) => `${row}.reason`,
} satisfies Watched

/** The import and the number of a row, of the key of its item. */
export const placeOf = (origin: string) => ({ importId: origin.slice(0, 36), row: Number(origin.slice(37)) })
