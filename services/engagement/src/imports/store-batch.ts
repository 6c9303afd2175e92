import { type Tx, withTenant } from '@renmai/platform/db/db'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { IncomingOrder } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { type FoundBuyer, resolveBuyers, type StoredOrder, storeOrders } from '../orders/order.ts'
import { type ImportNotes, type OrderImport, orderImports } from './import.table.ts'
import { addNotes } from './import-note.rules.ts'
import { toBuyer, toOrder } from './order-of-rows.rules.ts'
import type { FileRow } from './order-row.rules.ts'

export type ReadRow = { row: number; read: FileRow }

/**
 * Stores orders by their rows and what became of them, in one transaction.
 * @param done what else the transaction does
 */
export async function storeBatch(
  deps: Deps,
  job: OrderImport,
  orders: ReadonlyMap<string, readonly ReadRow[]>,
  done: (tx: Tx) => Promise<void>,
): Promise<void> {
  const read = [...orders.values()].map((rows) =>
    toOrder(
      job,
      rows.map((row) => row.read),
    ),
  )
  const buyers = await findBuyers(deps, job, read)
  const refused = [...orders.values()].flatMap((rows, index) => (buyers[index]?.problem ? rows : []))
  const notes = addNotes(job.notes, refused.map(refusedNote))
  await withTenant(deps.db, job.tenantId, async (tx) => {
    const outcomes = await storeOrders(
      tx,
      deps,
      read.map((order, index) => ({ order, profileId: buyers[index]?.profileId })),
    )
    await done(tx)
    await countOutcomes(tx, job, notes, read, outcomes)
  })
  job.notes = notes
}

/** The note for a row whose buyer identity did not take as it was. */
export const refusedNote = ({ row }: ReadRow) => ({ row, kinds: ['IDENTIFIER_REFUSED'] as const })

/** Buyers in the order of their times: an old order changes nothing that a newer one states. */
export async function findBuyers(deps: Deps, job: OrderImport, orders: readonly IncomingOrder[]): Promise<(FoundBuyer | undefined)[]> {
  const source = `shop:${job.accountId}`
  const seen = orders
    .flatMap((order, index) => {
      const buyer = toBuyer(order)
      return buyer ? [{ index, source, namespace: '', buyer, seenAt: order.modifiedAt }] : []
    })
    .toSorted((a, b) => a.seenAt.getTime() - b.seenAt.getTime())
  // Of one person and one content the last time is enough.
  const distinct = [...new Map(seen.map((one) => [JSON.stringify(one.buyer), one])).values()]
  const answers = await resolveBuyers(deps, job.tenantId, distinct)
  const answerOf = new Map(distinct.map(({ buyer }, index) => [JSON.stringify(buyer), answers[index]]))
  const found: (FoundBuyer | undefined)[] = orders.map(() => undefined)
  for (const { index, buyer } of seen) found[index] = answerOf.get(JSON.stringify(buyer))
  return found
}

/** Counts what became of orders, in their import. */
export async function countOutcomes(
  tx: Tx,
  job: OrderImport,
  notes: ImportNotes,
  orders: readonly IncomingOrder[],
  outcomes: readonly StoredOrder[],
): Promise<void> {
  const plus = (column: PgColumn, is: (outcome: StoredOrder, order: IncomingOrder) => boolean): SQL =>
    sql`${column} + ${outcomes.filter((outcome, index) => is(outcome, orders[index]!)).length}`
  await tx
    .update(orderImports)
    .set({
      notes,
      orders: plus(orderImports.orders, (outcome, order) => outcome !== 'PARKED' && !order.isRefundDocument),
      refunds: plus(orderImports.refunds, (outcome, order) => outcome !== 'PARKED' && order.isRefundDocument),
      ordersNew: plus(orderImports.ordersNew, (outcome) => outcome === 'NEW'),
      ordersChanged: plus(orderImports.ordersChanged, (outcome) => outcome === 'CHANGED'),
      ordersUnchanged: plus(orderImports.ordersUnchanged, (outcome) => outcome === 'UNCHANGED'),
      ordersSetAside: plus(orderImports.ordersSetAside, (outcome) => outcome === 'PARKED'),
    })
    .where(and(eq(orderImports.tenantId, tx.tenantId), eq(orderImports.id, job.id)))
}
