import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import { withTenant } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import { CsvError, parse as parseCsv } from 'csv-parse'
import { and, eq } from 'drizzle-orm'
import type { Deps } from '../context.ts'
import { type OrderImport, orderImports } from './import.table.ts'
import { type FileRow, readRow } from './order-row.rules.ts'
import { type Batch, storeBatch } from './store-batch.ts'
import { watchSilence } from './watch-silence.ts'

const ORDERS_PER_BATCH = 300
const MAX_FIELD = 100_000
/** A sender that is silent for this long has lost its connection; the received rows are kept. */
const SILENT_MS = 20_000

/**
 * Reads an order file as it arrives. Orders and rejected rows of a batch commit together with the number of rows done. These
 * rows are skipped later, so that a broken transfer can be sent again as a whole without storing anything twice.
 * @throws AppError INVALID when the file is not the announced one or not CSV, TIMEOUT when its sender is silent,
 * UNAVAILABLE when identity does not answer
 */
export async function receiveOrderFile(
  deps: Deps,
  tenantId: string,
  importId: string,
  file: Readable,
  silentMs = SILENT_MS,
): Promise<OrderImport> {
  const job = await readImport(deps, tenantId, importId)
  if (job.state === 'COMPLETED') {
    file.resume()
    return job
  }
  const hash = createHash('sha256')
  let hasHeader = false
  const csv = parseCsv({
    bom: true,
    columns: (header: string[]) => {
      hasHeader = true
      return checkHeader(header, job)
    },
    max_record_size: MAX_FIELD,
    relax_column_count: true,
    skip_empty_lines: true,
  })
  const text = readUtf8((chunk) => hash.update(chunk))
  file.on('error', (error) => text.destroy(error))
  text.on('error', (error) => csv.destroy(error))
  file.pipe(text).pipe(csv)
  const stopWatching = watchSilence(file, silentMs, (error) => text.destroy(error))
  const rows = await readRows(deps, job, csv)
    .catch((error: unknown) => {
      file.unpipe(text)
      file.resume()
      throw withoutText(error)
    })
    .finally(stopWatching)
  if (!hasHeader) throw new AppError('INVALID', 'The file is empty: its first line must name the columns')
  if (hash.digest('hex') !== job.sha256)
    throw new AppError('INVALID', 'The file is not the announced one; send it again', { sha256: 'differs' })
  return complete(deps, job, rows)
}

/** The library's messages quote the file, which contains personal data. */
function withoutText(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error
  const { lines } = error as CsvError & { lines?: number }
  return new AppError('INVALID', `The file is not CSV: check the quotes and the length of line ${lines ?? '?'}`)
}

/** Decodes bytes to text. Bytes of another encoding are refused, because they would damage names. */
function readUtf8(seen: (chunk: Buffer) => void): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (chunk: Buffer | undefined, done: (error?: Error | null, text?: string) => void) => {
    try {
      done(null, decoder.decode(chunk, { stream: chunk !== undefined }))
    } catch {
      done(new AppError('INVALID', 'The file is not UTF-8; save it as UTF-8 (CSV UTF-8 in a spreadsheet program)'))
    }
  }
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      seen(chunk)
      decode(chunk, done)
    },
    flush: (done) => decode(undefined, done),
  })
}

export async function readImport({ db }: Pick<Deps, 'db'>, tenantId: string, importId: string): Promise<OrderImport> {
  const [job] = await withTenant(db, tenantId, (tx) =>
    tx
      .select()
      .from(orderImports)
      .where(and(eq(orderImports.tenantId, tenantId), eq(orderImports.id, importId))),
  )
  if (!job) throw new AppError('NOT_FOUND', 'No such import')
  return job
}

function checkHeader(header: string[], { mapping }: OrderImport): string[] {
  const names = header.map((name) => name.trim())
  const { refundPrefix: _prefix, ...columns } = mapping
  const missing = Object.values(columns).filter((name) => name && !names.includes(name))
  if (missing.length > 0) throw new AppError('INVALID', `The file has no column ${missing.join(', ')}`, { mapping: missing.join(', ') })
  if (new Set(names).size !== names.length) throw new AppError('INVALID', 'The file has two columns of one name')
  return names
}

async function readRows(deps: Deps, job: OrderImport, csv: AsyncIterable<Record<string, string>>): Promise<number> {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: job.currency }).resolvedOptions().maximumFractionDigits ?? 2
  const reading = { mapping: job.mapping, digits, zone: job.zone, now: deps.now() }
  let batch: Batch = { orders: new Map(), rejected: [], lastRow: job.rowsDone }
  const resumeAt = job.rowsDone
  const stored = new Set<string>()
  let [row, previous] = [0, '']
  for await (const fields of csv) {
    row++
    const read = rejectScattered(readRow(fields, reading), stored)
    const orderNo = 'reason' in read ? previous : read.orderNo
    if (row <= resumeAt) {
      stored.add(orderNo)
      continue
    }
    // The rows of an order are adjacent, so a batch ends where the order number changes.
    if (orderNo !== previous && batch.orders.size >= ORDERS_PER_BATCH) {
      await storeBatch(deps, job, batch)
      for (const done of batch.orders.keys()) stored.add(done)
      batch = { orders: new Map(), rejected: [], lastRow: row }
    }
    if ('reason' in read)
      batch.rejected.push({
        row,
        reason: read.reason,
        fields: Object.values(fields).map((field) => field.slice(0, 1_000)),
      })
    else batch.orders.set(orderNo, [...(batch.orders.get(orderNo) ?? []), read])
    batch.lastRow = row
    previous = orderNo
  }
  await storeBatch(deps, job, batch)
  return row
}

/** A row of an order that was stored in an earlier batch would replace that order; it is rejected instead. */
function rejectScattered(read: FileRow | { reason: string }, stored: Set<string>): FileRow | { reason: string } {
  return 'orderNo' in read && stored.has(read.orderNo) ? { reason: 'ORDER_ROWS_SCATTERED' } : read
}

async function complete({ db, now }: Deps, job: OrderImport, rows: number): Promise<OrderImport> {
  const [completed] = await withTenant(db, job.tenantId, (tx) =>
    tx
      .update(orderImports)
      .set({ state: 'COMPLETED', completedAt: now(), rowsDone: rows })
      .where(and(eq(orderImports.tenantId, job.tenantId), eq(orderImports.id, job.id)))
      .returning(),
  )
  return completed!
}
