import { type Tx, withTenant } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { AppError } from '@renmai/platform/serve/errors'
import { and, countDistinct, eq, inArray, sql } from 'drizzle-orm'
import type { IncomingOrder } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { extendOrder, type FoundBuyer, storeOrders } from '../orders/order.ts'
import { importErrors, type OrderImport, orderImports } from './import.table.ts'
import { addNotes } from './import-note.rules.ts'
import { toOrder } from './order-of-rows.rules.ts'
import { countOutcomes, findBuyers, refusedNote } from './store-batch.ts'
import { CLEARED, type GoodRow, readWaitingOrder, type WaitingOrder } from './waiting-order.queries.ts'

/**
 * Processes a rejected row again. Its order is stored as soon as all of its rows are good, with all of them; until then the row waits
 * with the others. A row whose order could not be read before joins the order that the other rows of the file made.
 * @param fields the row as it is now
 * @returns the function that stores the order, or keeps the row waiting
 * @throws AppError CONFLICT that begins with the reason for which the row waits further
 */
export async function replayRow(
  deps: Deps,
  tenantId: string,
  place: { importId: string; row: number },
  fields: string[],
): Promise<(tx: Tx) => Promise<unknown>> {
  const read = (tx: Tx) => readWaitingOrder(tx, deps, place, fields)
  const seen = await withTenant(deps.db, tenantId, read)
  const order = orderOf(seen)
  const [buyer] = order ? await findBuyers(deps, seen.job, [order]) : []
  return async (tx) => {
    await lockRows(tx, place.importId)
    const now = await read(tx)
    if (JSON.stringify(orderOf(now)) !== JSON.stringify(order)) throw busy()
    const settle = () => (order && now.whole ? storeWhole(tx, deps, now, order, buyer) : keepWaiting(tx, now))
    await countWaiting(tx, now, settle)
  }
}

const orderOf = ({ job, whole }: WaitingOrder): IncomingOrder | undefined =>
  whole &&
  toOrder(
    job,
    whole.map(({ read }) => read),
  )

const busy = () => new AppError('UNAVAILABLE', 'Other rows of the file are being replayed')

/** Two replays of one order would each wait for the item of the other: the second one is tried again. */
async function lockRows(tx: Tx, importId: string): Promise<void> {
  const query = "SELECT pg_try_advisory_xact_lock(hashtext('rejected rows'), hashtext($1)) AS is_held"
  const { rows } = await tx.client.query<{ is_held: boolean }>(query, [importId])
  if (!rows[0]!.is_held) throw busy()
}

/** The row is good: it waits for the others of its order. */
async function keepWaiting(tx: Tx, { job, orderNo, own }: WaitingOrder): Promise<void> {
  await tx
    .update(importErrors)
    .set({ reason: 'ORDER_INCOMPLETE', orderNo })
    .where(isOf(tx, job, [own]))
  await tx
    .update(orderImports)
    .set({ notes: notesOf(job, [own]) })
    .where(mine(tx, orderImports, job.id))
}

async function storeWhole(tx: Tx, deps: Deps, waiting: WaitingOrder, order: IncomingOrder, buyer: FoundBuyer | undefined): Promise<void> {
  const { job, isComplete } = waiting
  const rows = waiting.whole!
  const notes = addNotes(notesOf(job, rows), buyer?.problem ? rows.map(refusedNote) : [])
  const isExtended = !isComplete && (await extendOrder(tx, order, buyer?.profileId ?? null))
  // An order that is extended was counted when its other rows were stored.
  const outcomes = isExtended ? [] : await storeOrders(tx, deps, [{ order, profileId: buyer?.profileId }])
  await countOutcomes(tx, job, notes, isExtended ? [] : [order], outcomes)
  const { rowCount } = await tx.delete(importErrors).where(isOf(tx, job, rows))
  if (rowCount !== rows.length) throw busy()
}

/** The notes with those of rows that were not read when the file was received. */
const notesOf = ({ notes }: OrderImport, rows: readonly GoodRow[]) =>
  addNotes(
    notes,
    rows.filter(({ isCleared }) => !isCleared).map(({ row, read }) => ({ row, kinds: read.notes })),
  )

const isOf = (tx: Tx, { id }: OrderImport, rows: readonly GoodRow[]) =>
  and(
    eq(importErrors.tenantId, tx.tenantId),
    eq(importErrors.importId, id),
    inArray(
      importErrors.row,
      rows.map(({ row }) => row),
    ),
  )

/** Keeps the number of orders that wait: those with a good row among the rejected ones. */
async function countWaiting(tx: Tx, { job, orderNo, orderNoBefore }: WaitingOrder, work: () => Promise<void>): Promise<void> {
  const ofThese = inArray(importErrors.orderNo, [orderNo, ...(orderNoBefore === null ? [] : [orderNoBefore])])
  const count = async () => {
    const [waiting] = await tx
      .select({ orders: countDistinct(importErrors.orderNo) })
      .from(importErrors)
      .where(and(eq(importErrors.tenantId, tx.tenantId), eq(importErrors.importId, job.id), ofThese, inArray(importErrors.reason, CLEARED)))
    return waiting!.orders
  }
  const before = await count()
  await work()
  const change = (await count()) - before
  await tx
    .update(orderImports)
    .set({ ordersWaiting: sql`greatest(0, ${orderImports.ordersWaiting} + ${change}::int)` })
    .where(mine(tx, orderImports, job.id))
}
