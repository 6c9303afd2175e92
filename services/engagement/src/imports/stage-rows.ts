import { type Tx, withTenant } from '@renmai/platform/db/db'
import { insertRows, mine } from '@renmai/platform/db/rows'
import { seal } from '@renmai/platform/secrets/crypto'
import { digitsOf } from '@renmai/platform/serve/currency.rules'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { and, eq } from 'drizzle-orm'
import type { Deps } from '../context.ts'
import { rejectedPlace } from './forget-rejected.ts'
import { type ImportNotes, importErrors, importRows, type OrderImport, orderImports } from './import.table.ts'
import { addNotes } from './import-note.rules.ts'
import { type BadRow, type FileRow, type Reading, readRow } from './order-row.rules.ts'
import type { CsvRecord } from './read-records.ts'

/** A row that is kept until the file is whole: as it was read, and its fields for the error file. */
export type StagedRow = { read: FileRow; fields: string[] }

export const stagedPlace = (importId: string, row: number) => `import_rows.body|${importId}|${row}`

const ROWS_PER_BATCH = 500
const MAX_FIELD = 1_000

type Kept = { row: number; staged: StagedRow }
type Rejected = BadRow & { row: number; fields: string[] }
type Batch = { kept: Kept[]; rejected: Rejected[]; lastRow: number }

/**
 * Keeps the rows of a file, or rejects them, behind those that are done. Each batch commits with the number of rows done.
 * @returns number of rows of the file
 * @throws AppError INVALID when the file is empty or lacks a column
 */
export async function stageRows(deps: Deps, job: OrderImport, records: AsyncIterable<CsvRecord>): Promise<number> {
  const reading = readingOf(job, deps.now())
  let columns: string[] | undefined
  let row = 0
  let batch: Batch = { kept: [], rejected: [], lastRow: job.rowsDone }
  for await (const record of records) {
    if (!columns) {
      columns = readHeader(record, job)
      await keepColumns(deps, job, columns)
      continue
    }
    row++
    if (row <= job.rowsDone) continue
    addRow(batch, row, record, columns, reading)
    if (batch.kept.length + batch.rejected.length < ROWS_PER_BATCH) continue
    await keep(deps, job, batch)
    batch = { kept: [], rejected: [], lastRow: row }
  }
  if (!columns) throw new AppError('INVALID', 'The file is empty: its first line must name the columns')
  if (batch.lastRow > job.rowsDone) await keep(deps, job, batch)
  return row
}

export const readingOf = ({ mapping, currency, zone }: OrderImport, now: Date): Reading => ({
  mapping,
  digits: digitsOf(currency),
  zone,
  now,
})

function readHeader(record: CsvRecord, { mapping }: OrderImport): string[] {
  if ('reason' in record) throw new AppError('INVALID', 'The file is not CSV: check the quotes and the length of its first line')
  const names = record.values.map((name) => name.replace(/^\ufeff/, '').trim())
  const { refundPrefix: _prefix, ...columns } = mapping
  const missing = Object.values(columns).filter((name) => name && !names.includes(name))
  if (missing.length > 0) {
    const other = names.length === 1 ? /[;\t|]/.exec(names[0]!)?.[0] : undefined
    const hint = other ? `; its values are separated by ${other === '\t' ? 'tabs' : other}, save it with commas` : ''
    throw new AppError('INVALID', `The file has no column ${missing.join(', ')}${hint}`, { mapping: missing.join(', ') })
  }
  const named = names.filter((name) => name !== '')
  if (new Set(named).size !== named.length) throw new AppError('INVALID', 'The file has two columns of one name')
  return names
}

/** A rejected row is read again by the names of its columns. */
async function keepColumns({ db }: Deps, job: OrderImport, names: readonly string[]): Promise<void> {
  const columns = names.map((name) => name.replaceAll('\0', '').toWellFormed())
  await withTenant(db, job.tenantId, (tx) =>
    tx
      .update(orderImports)
      .set({ columns })
      .where(mine(tx, orderImports, job.id)),
  )
}

function addRow(batch: Batch, row: number, record: CsvRecord, columns: readonly string[], reading: Reading): void {
  batch.lastRow = row
  const fields = ('reason' in record ? [record.text] : record.values).map((field) => field.slice(0, MAX_FIELD))
  const read = readRecord(record, columns, reading)
  if ('reason' in read) batch.rejected.push({ row, fields, ...read })
  else batch.kept.push({ row, staged: { read, fields } })
}

/** Reads a row by the names of the columns of its file. */
export function readRecord(record: CsvRecord, columns: readonly string[], reading: Reading): FileRow | BadRow {
  if ('reason' in record) return { reason: record.reason, orderNo: null }
  const read = readRow(Object.fromEntries(columns.map((name, index) => [name, record.values[index] ?? ''])), reading)
  // With a value too many, all behind the one that was split are in the wrong columns.
  if (record.values.slice(columns.length).every((value) => value.trim() === '')) return read
  return { reason: 'TOO_MANY_COLUMNS', orderNo: read.orderNo }
}

async function keep(deps: Deps, job: OrderImport, { kept, rejected, lastRow }: Batch): Promise<void> {
  const notes = addNotes(
    job.notes,
    kept.map(({ row, staged }) => ({ row, kinds: staged.read.notes })),
  )
  await withTenant(deps.db, job.tenantId, async (tx) => {
    await insertRows(
      tx,
      importRows,
      kept.map(({ row, staged }) => ({
        importId: job.id,
        row,
        orderNo: staged.read.orderNo,
        body: seal(deps.keyRing, tx.tenantId, stagedPlace(job.id, row), JSON.stringify(staged)),
      })),
    )
    await keepRejected(tx, deps, job, rejected)
    await advance(tx, job, { rowsDone: lastRow, notes })
  })
  Object.assign(job, { rowsDone: lastRow, notes })
}

/** Stores rejected rows with their fields, sealed, for the error file. */
export async function keepRejected(
  tx: Tx,
  { keyRing }: Pick<Deps, 'keyRing'>,
  { id }: OrderImport,
  rejected: readonly Rejected[],
): Promise<void> {
  await insertRows(
    tx,
    importErrors,
    rejected.map(({ row, reason, orderNo, fields }) => ({
      id: newId(),
      importId: id,
      row,
      reason,
      orderNo,
      fields: seal(keyRing, tx.tenantId, rejectedPlace(id, row), JSON.stringify(fields.map((field) => field.slice(0, MAX_FIELD)))),
    })),
  )
}

/** Advances the number of rows done; the guard keeps a second transfer of the same file from counting twice. */
async function advance(tx: Tx, { id, rowsDone }: OrderImport, changes: { rowsDone: number; notes: ImportNotes }): Promise<void> {
  const moved = await tx
    .update(orderImports)
    .set(changes)
    .where(and(eq(orderImports.tenantId, tx.tenantId), eq(orderImports.id, id), eq(orderImports.rowsDone, rowsDone)))
    .returning({ id: orderImports.id })
  if (moved.length === 0) throw new AppError('CONFLICT', 'This file is being received by another request')
}
