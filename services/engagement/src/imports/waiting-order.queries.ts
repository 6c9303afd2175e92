import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { isDiscarded } from '@renmai/platform/quarantine/quarantine-kind'
import { open } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { and, asc, eq, getTableColumns, ne, sql } from 'drizzle-orm'
import { readOpenAccount } from '../channels/channel.ts'
import type { Deps } from '../context.ts'
import { mayBeCut } from './cut-order-no.queries.ts'
import { rejectedPlace } from './forget-rejected.ts'
import { importErrors, type OrderImport, orderImports, type RejectedRow } from './import.table.ts'
import { type FileRow, MAX_ROWS_OF_ORDER } from './order-row.rules.ts'
import { readingOf, readRecord } from './stage-rows.ts'
import { watchedRows } from './watched-rows.ts'

/** A rejected row that can be read now. `isCleared` once it was found good: only its order waits. */
export type GoodRow = { row: number; read: FileRow; isCleared: boolean }

/** An order of an import with all of its rows that were rejected. */
export type WaitingOrder = {
  job: OrderImport
  orderNo: string
  /** The row of the item. */
  own: GoodRow
  /** All rows, in the order of the file; undefined while one of them is still bad. */
  whole: GoodRow[] | undefined
  /** Whether all rows of the order in the file are here: not so for a row whose order could not be read before. */
  isComplete: boolean
  /** The number of the order that the row had before. */
  orderNoBefore: string | null
}

/** Reasons for good rows of an order that waits. */
export const CLEARED: RejectedRow['reason'][] = ['ORDER_INCOMPLETE', 'ORDER_TOO_LONG']

type Reader = Pick<Deps, 'keyRing' | 'now'>

/**
 * The order of a rejected row.
 * @param fields the row as it is now
 * @throws AppError CONFLICT that begins with the reason for which the row waits further
 */
export async function readWaitingOrder(
  tx: Tx,
  deps: Reader,
  place: { importId: string; row: number },
  fields: string[],
): Promise<WaitingOrder> {
  const job = await readJob(tx, place.importId)
  await readOpenAccount(tx, deps.keyRing, job.accountId)
  const read = readFields(job, deps.now(), fields)
  if ('reason' in read) throw new AppError('CONFLICT', `${read.reason}: the row cannot be read`)
  const { orderNo } = read
  const isOfImport = and(eq(importErrors.tenantId, tx.tenantId), eq(importErrors.importId, job.id))
  const [kept] = await tx
    .select()
    .from(importErrors)
    .where(and(isOfImport, eq(importErrors.row, place.row)))
  if (!kept) throw new AppError('CONFLICT', 'ORIGINAL_GONE: the row is deleted')
  // A correction has other digits. As it is, the row would join the order of somebody else.
  if (kept.reason === 'ORDER_NO_DAMAGED' && mayBeCut(orderNo)) throw new AppError('CONFLICT', 'ORDER_NO_DAMAGED: the last digits are zeros')
  const others = await tx
    .select({ ...getTableColumns(importErrors), isDiscarded: sql<boolean>`${sql.raw(isDiscarded(watchedRows, 'import_errors'))}` })
    .from(importErrors)
    .where(and(isOfImport, eq(importErrors.orderNo, orderNo), ne(importErrors.row, place.row)))
    .orderBy(asc(importErrors.row))
    .limit(MAX_ROWS_OF_ORDER)
  if (others.length === MAX_ROWS_OF_ORDER) throw new AppError('CONFLICT', 'ORDER_TOO_LONG: the order has more than 2,000 rows')
  const own = { row: place.row, read, isCleared: CLEARED.includes(kept.reason) }
  const rows = [own, ...others.map((other) => goodRowOf(job, deps, other, orderNo))]
  const whole = rows.every((one) => one !== undefined) ? rows.toSorted((a, b) => a.row - b.row) : undefined
  return { job, orderNo, own, whole, isComplete: kept.orderNo === orderNo || others.length > 0, orderNoBefore: kept.orderNo }
}

/** @throws AppError CONFLICT while the rows of the file are still being stored, or its columns are not known */
export async function readJob(tx: Tx, importId: string): Promise<OrderImport & { columns: string[] }> {
  const [job] = await tx
    .select()
    .from(orderImports)
    .where(mine(tx, orderImports, importId))
  if (job?.state !== 'COMPLETED') throw new AppError('CONFLICT', 'IMPORT_NOT_COMPLETE: send the whole file first')
  const { columns } = job
  if (!columns) throw new AppError('CONFLICT', 'COLUMNS_UNKNOWN: an earlier release received the file; import the corrected file')
  return { ...job, columns }
}

/** Reads the fields of a row by the rules of its import. */
export const readFields = (job: OrderImport, now: Date, fields: string[]) =>
  readRecord({ values: fields }, job.columns ?? [], readingOf(job, now))

type OtherRow = RejectedRow & { isDiscarded: boolean }

/** @returns undefined for a row that is still bad, is deleted, is never to be processed, or has another order now */
function goodRowOf(job: OrderImport, { keyRing, now }: Reader, other: OtherRow, orderNo: string): GoodRow | undefined {
  const { row, reason, fields, tenantId } = other
  if (!fields || other.isDiscarded) return undefined
  const read = readFields(job, now(), JSON.parse(open(keyRing, tenantId, rejectedPlace(job.id, row), fields)) as string[])
  return 'reason' in read || read.orderNo !== orderNo ? undefined : { row, read, isCleared: CLEARED.includes(reason) }
}
