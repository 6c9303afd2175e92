import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { PassThrough } from 'node:stream'
import { insertRows } from '@renmai/platform/bulk'
import { type Tx, withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { parse as parseCsv } from 'csv-parse'
import { and, eq, sql } from 'drizzle-orm'
import type { Worker } from '../context.ts'
import type { IncomingOrder } from '../orders/order.rules.ts'
import { storeOrders } from '../orders/store-orders.ts'
import type { Claim } from '../touchpoints/claim.ts'
import { resolveClaims } from '../touchpoints/resolve-claims.ts'
import { type OrderImport, orderImports } from './import.table.ts'
import { instantOf, type OrderRow, readRow } from './order-row.rules.ts'

const ORDERS_PER_BATCH = 300
const MAX_FIELD = 100_000

type Rejected = { row: number; reason: string; fields: string[] }
type Batch = { orders: Map<string, OrderRow[]>; rejected: Rejected[]; lastRow: number }

/**
 * Reads an order file as it arrives. Orders and rejected rows of a batch and the place to go on from commit together;
 * rows below that place are passed over, so that a broken transfer is sent again as a whole and nothing is doubled.
 * @throws AppError INVALID when the file is not the announced one or not CSV, UNAVAILABLE when identity does not answer
 */
export async function receiveOrderFile(worker: Worker, tenantId: string, importId: string, file: Readable): Promise<OrderImport> {
  const job = await readImport(worker, tenantId, importId)
  if (job.state === 'COMPLETED') {
    file.resume()
    return job
  }
  const hash = createHash('sha256')
  const csv = parseCsv({
    bom: true,
    columns: (header: string[]) => checkHeader(header, job),
    max_record_size: MAX_FIELD,
    relax_column_count: true,
    skip_empty_lines: true,
  })
  const bytes = new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk))
  file.on('error', (error) => bytes.destroy(error))
  bytes.on('error', (error) => csv.destroy(error))
  file.pipe(bytes).pipe(csv)
  const rows = await readRows(worker, job, csv).catch((error: Error & { code?: string }) => {
    throw error.code?.startsWith('CSV_') ? new AppError('INVALID', `The file is not CSV: ${error.message}`) : error
  })
  if (hash.digest('hex') !== job.sha256)
    throw new AppError('INVALID', 'The file is not the announced one; send it again', { sha256: 'differs' })
  return complete(worker, job, rows)
}

export async function readImport({ db }: Pick<Worker, 'db'>, tenantId: string, importId: string): Promise<OrderImport> {
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

async function readRows(worker: Worker, job: OrderImport, csv: AsyncIterable<Record<string, string>>): Promise<number> {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency: job.currency }).resolvedOptions().maximumFractionDigits ?? 2
  let batch: Batch = { orders: new Map(), rejected: [], lastRow: job.rowsDone }
  const resumeAt = job.rowsDone
  const stored = new Set<string>()
  let [row, previous] = [0, '']
  for await (const fields of csv) {
    row++
    const read = rejectScattered(readRow(fields, job.mapping, digits), stored)
    const orderNo = 'reason' in read ? previous : read.orderNo
    if (row <= resumeAt) {
      stored.add(orderNo)
      continue
    }
    // An order's rows stand together, so a batch ends where a number does.
    if (orderNo !== previous && batch.orders.size >= ORDERS_PER_BATCH) {
      await storeBatch(worker, job, batch)
      for (const done of batch.orders.keys()) stored.add(done)
      batch = { orders: new Map(), rejected: [], lastRow: row }
    }
    if ('reason' in read)
      batch.rejected.push({
        row,
        reason: read.reason,
        fields: Object.values(fields).map((field) => field.slice(0, 1_000).replaceAll('\u0000', '')),
      })
    else batch.orders.set(orderNo, [...(batch.orders.get(orderNo) ?? []), read])
    batch.lastRow = row
    previous = orderNo
  }
  await storeBatch(worker, job, batch)
  return row
}

/** A row of an order that was stored in an earlier batch would replace that order; it is rejected instead. */
function rejectScattered(read: OrderRow | { reason: string }, stored: Set<string>): OrderRow | { reason: string } {
  return 'orderNo' in read && stored.has(read.orderNo) ? { reason: 'ORDER_ROWS_SCATTERED' } : read
}

async function storeBatch(worker: Worker, job: OrderImport, batch: Batch): Promise<void> {
  const orders = [...batch.orders.values()].map((rows) => toOrder(job, rows))
  const claims = claimsOf(job, batch)
  const resolved = await resolveClaims(worker, job.tenantId, claims)
  const profileOf = new Map(claims.map((claim, index) => [claim.externalId, resolved[index]!]))
  await withTenant(worker.db, job.tenantId, async (tx) => {
    const attached = orders.map((order) => {
      const resolution = order.buyer && profileOf.get(order.buyer.externalId)
      return { order, profileId: resolution && 'profileId' in resolution ? resolution.profileId : undefined }
    })
    await storeOrders(tx, worker.keyRing, attached)
    await keepRejected(tx, job, batch.rejected)
    await advance(tx, job, batch.lastRow, orders)
  })
}

/** One claim per customer of the batch. It is dated by nothing in the file, so that the same customer is the same claim. */
function claimsOf(job: OrderImport, batch: Batch): Claim[] {
  const rows = [...batch.orders.values()].flatMap((order) => (order[0]!.customerId ? [order[0]!] : []))
  const newest = new Map(rows.map((row) => [row.customerId, row]))
  return [...newest].map(([externalId, { phone, email, name }]) => ({
    source: `shop:${job.accountId}`,
    externalId,
    attributes: [],
    tagIds: [],
    displayName: name,
    observedAt: job.createdAt.toISOString(),
    identifiers: [
      { namespace: 'phone', value: phone },
      { namespace: 'email', value: email },
    ]
      .filter(({ value }) => value !== '' && !value.includes('*'))
      .map((one) => ({ ...one, isVerified: true })),
  }))
}

function toOrder(job: OrderImport, rows: OrderRow[]): IncomingOrder {
  const first = rows[0]!
  const times = rows.map((row) => instantOf(row.occurredAt, job.zone).getTime())
  const total = rows.reduce((sum, row) => sum + row.amountMinor, 0)
  const at = new Date(Math.max(...times))
  return {
    platform: 'IMPORT',
    shopId: job.accountId,
    orderNo: first.orderNo,
    status: 'FINISHED',
    currency: job.currency,
    isRefundDocument: first.isRefund,
    lines: rows.map(({ sku, title, quantity, amountMinor }) => ({ sku, title, quantity, amountMinor })),
    totalMinor: first.isRefund ? 0 : total,
    refundedMinor: first.isRefund ? total : 0,
    discountMinor: 0,
    freightMinor: 0,
    couponCodes: [],
    paidAt: first.isRefund ? undefined : at,
    refundedAt: first.isRefund ? at : undefined,
    modifiedAt: at,
    buyer: first.customerId ? { externalId: first.customerId, phone: undefined } : undefined,
  }
}

async function keepRejected(tx: Tx, job: OrderImport, rejected: Rejected[]): Promise<void> {
  await insertRows(
    tx,
    'import_errors',
    { import_id: 'uuid', row: 'int', reason: 'text', fields: 'text[]' },
    rejected.map((one) => ({ import_id: job.id, ...one })),
  )
}

/** Moves the place to go on from; the guard keeps a second transfer of the same file from counting twice. */
async function advance(tx: Tx, job: OrderImport, lastRow: number, orders: IncomingOrder[]): Promise<void> {
  const refunds = orders.filter((order) => order.isRefundDocument).length
  const counts = {
    rowsDone: lastRow,
    orders: sql`${orderImports.orders} + ${orders.length - refunds}`,
    refunds: sql`${orderImports.refunds} + ${refunds}`,
  }
  const moved = await tx
    .update(orderImports)
    .set(counts)
    .where(and(eq(orderImports.tenantId, tx.tenantId), eq(orderImports.id, job.id), eq(orderImports.rowsDone, job.rowsDone)))
    .returning()
  if (moved.length === 0) throw new AppError('CONFLICT', 'This file is being received by another request')
  job.rowsDone = lastRow
}

async function complete({ db, now }: Worker, job: OrderImport, rows: number): Promise<OrderImport> {
  const [completed] = await withTenant(db, job.tenantId, (tx) =>
    tx
      .update(orderImports)
      .set({ state: 'COMPLETED', completedAt: now(), rowsDone: rows })
      .where(and(eq(orderImports.tenantId, job.tenantId), eq(orderImports.id, job.id)))
      .returning(),
  )
  return completed!
}
