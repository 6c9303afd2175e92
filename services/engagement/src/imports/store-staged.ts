import { type Tx, withTenant } from '@renmai/platform/db/db'
import { open } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import type { Deps } from '../context.ts'
import type { RejectionReason } from '../gen/resolvers.ts'
import { areOrderNosCut } from './cut-order-no.queries.ts'
import type { OrderImport } from './import.table.ts'
import { MAX_ROWS_OF_ORDER } from './order-row.rules.ts'
import { keepRejected, type StagedRow, stagedPlace } from './stage-rows.ts'
import { storeBatch } from './store-batch.ts'

const ORDERS_PER_BATCH = 300
const ROWS_PER_BATCH = 5_000

/** A row of the file that waits to be stored. */
export type WaitingRow = StagedRow & { row: number; orderNo: string }

/**
 * Stores the orders of a file whose rows are all here, order by order, wherever in the file their rows stand. An order of which
 * a row was rejected is not stored as if it were whole: its other rows go to the error file, so that they can be corrected
 * together.
 */
export async function storeStaged(deps: Deps, job: OrderImport): Promise<void> {
  await rejectCutOrders(deps, job)
  for (;;) {
    const next = await withTenant(deps.db, job.tenantId, (tx) => readNext(tx, job))
    if (next.orders.length === 0) return
    for (const [reason, orderNos] of Map.groupBy(next.orders, ({ refusal }) => refusal)) {
      const nos = orderNos.map(({ orderNo }) => orderNo)
      if (reason === null) await storeOrdersOf(deps, job, nos)
      else await rejectOrders(deps, job, nos, reason)
    }
  }
}

/** Rejects the orders whose numbers a spreadsheet cut, before anything of the file is stored. */
async function rejectCutOrders(deps: Deps, job: OrderImport): Promise<void> {
  if (!(await withTenant(deps.db, job.tenantId, (tx) => areOrderNosCut(tx, job)))) return
  const rejected = (rows: readonly WaitingRow[]) =>
    rows.map(({ row, fields }) => ({ row, fields, orderNo: null, reason: 'ORDER_NO_DAMAGED' as const }))
  for (let count = ROWS_PER_BATCH; count === ROWS_PER_BATCH; )
    count = await withTenant(deps.db, job.tenantId, async (tx) => {
      const { rows: next } = await tx.client.query<{ order_no: string }>(
        `SELECT DISTINCT order_no FROM (SELECT order_no FROM import_rows WHERE tenant_id = $1 AND import_id = $2 AND order_no ~ '^\\d{15}00+$'
           ORDER BY order_no, row LIMIT ${ROWS_PER_BATCH}) AS next`,
        [tx.tenantId, job.id],
      )
      const orderNos = next.map(({ order_no }) => order_no)
      const rows = await readRows(tx, deps, job, orderNos, ROWS_PER_BATCH)
      await keepRejected(tx, deps, job, rejected(rows))
      await forgetRows(tx, job, rows)
      return rows.length
    })
}

type NextOrder = { orderNo: string; rows: number; refusal: RejectionReason | null }

/** The next orders by their numbers, as many as fit into a batch. */
async function readNext(tx: Tx, { id }: OrderImport): Promise<{ orders: NextOrder[] }> {
  const { rows } = await tx.client.query<{ orderNo: string; rows: number; isWaiting: boolean }>(
    `SELECT r.order_no AS "orderNo", r.rows,
       EXISTS (SELECT 1 FROM import_errors e WHERE e.tenant_id = $1 AND e.import_id = $2 AND e.order_no = r.order_no) AS "isWaiting"
     FROM (SELECT order_no, count(*)::int AS rows FROM import_rows WHERE tenant_id = $1 AND import_id = $2
           GROUP BY order_no ORDER BY order_no LIMIT ${ORDERS_PER_BATCH}) AS r ORDER BY r.order_no`,
    [tx.tenantId, id],
  )
  let room = ROWS_PER_BATCH
  const orders = rows.flatMap(({ orderNo, rows: count, isWaiting }, index) => {
    const refusal = isWaiting ? ('ORDER_INCOMPLETE' as const) : count > MAX_ROWS_OF_ORDER ? ('ORDER_TOO_LONG' as const) : null
    if (refusal === null) room -= count
    return refusal !== null || room >= 0 || index === 0 ? [{ orderNo, rows: count, refusal }] : []
  })
  return { orders }
}

async function storeOrdersOf(deps: Deps, job: OrderImport, orderNos: readonly string[]): Promise<void> {
  const rows = await withTenant(deps.db, job.tenantId, (tx) => readRows(tx, deps, job, orderNos, ROWS_PER_BATCH + MAX_ROWS_OF_ORDER))
  await storeBatch(
    deps,
    job,
    Map.groupBy(rows, ({ orderNo }) => orderNo),
    (tx) => forgetRows(tx, job, rows),
  )
}

/** Moves the rows of orders to the error file, page by page: an order may have any number of them. */
async function rejectOrders(deps: Deps, job: OrderImport, orderNos: readonly string[], reason: RejectionReason): Promise<void> {
  await withTenant(deps.db, job.tenantId, (tx) =>
    tx.client.query('UPDATE order_imports SET orders_waiting = orders_waiting + $3 WHERE tenant_id = $1 AND id = $2', [
      tx.tenantId,
      job.id,
      orderNos.length,
    ]),
  )
  for (let count = ROWS_PER_BATCH; count === ROWS_PER_BATCH; )
    count = await withTenant(deps.db, job.tenantId, async (tx) => {
      const rows = await readRows(tx, deps, job, orderNos, ROWS_PER_BATCH)
      await keepRejected(
        tx,
        deps,
        job,
        rows.map(({ row, orderNo, fields }) => ({ row, orderNo, fields, reason })),
      )
      await forgetRows(tx, job, rows)
      return rows.length
    })
}

async function readRows(tx: Tx, { keyRing }: Deps, { id }: OrderImport, orderNos: readonly string[], limit: number): Promise<WaitingRow[]> {
  const { rows } = await tx.client.query<{ row: number; orderNo: string; body: Buffer }>(
    `SELECT row, order_no AS "orderNo", body FROM import_rows WHERE tenant_id = $1 AND import_id = $2 AND order_no = ANY($3)
     ORDER BY order_no, row LIMIT $4`,
    [tx.tenantId, id, orderNos, limit],
  )
  return rows.map(({ row, orderNo, body }) => {
    const staged = JSON.parse(open(keyRing, tx.tenantId, stagedPlace(id, row), body)) as StagedRow
    return { row, orderNo, ...staged }
  })
}

/** The guard keeps two transfers of one import from storing its rows twice. */
async function forgetRows(tx: Tx, { id }: OrderImport, rows: readonly WaitingRow[]): Promise<void> {
  const { rowCount } = await tx.client.query('DELETE FROM import_rows WHERE tenant_id = $1 AND import_id = $2 AND row = ANY($3)', [
    tx.tenantId,
    id,
    rows.map(({ row }) => row),
  ])
  if (rowCount !== rows.length) throw new AppError('CONFLICT', 'This file is being received by another request')
}
