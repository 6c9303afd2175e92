import type { Tx } from '@renmai/platform/db/db'
import { all, readRow, type TenantTable } from '@renmai/platform/db/rows'
import { getTableName, type InferSelectModel } from 'drizzle-orm'
import type { OrderKey } from '../connectors/incoming.ts'
import type { Snapshot } from './merge-order.rules.ts'
import { type Order, orderLines, orderPayments, orderRefunds, orders } from './order.table.ts'

/** An order's key as one text. */
export const keyOf = ({ platform, shopId, orderNo }: OrderKey): string => JSON.stringify([platform, shopId, orderNo])

/**
 * Reads the orders that are known among these, whole. Until the transaction ends, no other one changes orders of their shops:
 * what is decided on the snapshots is still true when it is written.
 * @returns snapshots by keyOf
 */
export async function readSnapshots(tx: Tx, keys: readonly OrderKey[]): Promise<Map<string, Snapshot>> {
  const shops = [...new Set(keys.map(({ platform, shopId }) => `orders|${tx.tenantId}|${platform}|${shopId}`))].sort()
  for (const shop of shops) await tx.client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [shop])
  const { rows } = await tx.client.query<Record<string, unknown>>(
    `SELECT ${all(orders)} FROM orders WHERE tenant_id = $1
       AND (platform, shop_id, order_no) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))`,
    [tx.tenantId, keys.map((key) => key.platform), keys.map((key) => key.shopId), keys.map((key) => key.orderNo)],
  )
  const found = await readWhole(
    tx,
    rows.map((row) => readRow(orders, row)),
  )
  return new Map(found.map((one) => [keyOf(one.order), one]))
}

/** Reads the parts of orders. An order that changes meanwhile has newer parts than its version states, and never older ones. */
export async function readWhole(tx: Tx, found: readonly Order[]): Promise<Snapshot[]> {
  const ids = found.map(({ id }) => id)
  const lines = await partsOf(tx, orderLines, ids, 'line')
  const refunds = await partsOf(tx, orderRefunds, ids, 'refund_no')
  const payments = await partsOf(tx, orderPayments, ids, 'payment_no')
  return found.map((order) =>
    snapshotOf(order, { lines: lines.get(order.id) ?? [], refunds: refunds.get(order.id) ?? [], payments: payments.get(order.id) ?? [] }),
  )
}

type Parts = Pick<Snapshot, 'lines' | 'refunds' | 'payments'>

function snapshotOf({ tenantId: _tenant, createdAt: _created, ...order }: Order, { lines, refunds, payments }: Parts): Snapshot {
  // jsonb has an order of fields of its own.
  const own = refunds.map((refund) => ({
    ...refund,
    lines: refund.lines.map(({ lineId, quantity, amountMinor }) => ({ lineId, quantity, amountMinor })),
  }))
  return { order, lines, payments, refunds: own.length > 0 || order.refundedMinor === 0 ? own : [sumOfEarlierRelease(order)] }
}

/** Rows of earlier releases have the refunded sum only. */
const sumOfEarlierRelease = ({ refundedMinor, refundedAt, modifiedAt }: Snapshot['order']): Snapshot['refunds'][number] => ({
  refundNo: '',
  state: 'SUCCEEDED',
  platformState: '',
  amountMinor: refundedMinor,
  at: refundedAt ?? modifiedAt,
  statedAt: modifiedAt,
  lines: [],
})

type PartTable = TenantTable & (typeof orderLines | typeof orderRefunds | typeof orderPayments)

async function partsOf<T extends PartTable>(
  tx: Tx,
  table: T,
  ids: readonly string[],
  order: string,
): Promise<Map<string, Omit<InferSelectModel<T>, 'tenantId' | 'orderId'>[]>> {
  const lists = new Map<string, Omit<InferSelectModel<T>, 'tenantId' | 'orderId'>[]>()
  if (ids.length === 0) return lists
  const { rows } = await tx.client.query<Record<string, unknown>>(
    `SELECT ${all(table)} FROM ${getTableName(table)} WHERE tenant_id = $1 AND order_id = ANY($2) ORDER BY order_id, ${order}`,
    [tx.tenantId, ids],
  )
  for (const one of rows) {
    const { tenantId: _tenant, orderId, ...row } = readRow(table, one) as { tenantId: string; orderId: string }
    const list = lists.get(orderId) ?? []
    list.push(row as Omit<InferSelectModel<T>, 'tenantId' | 'orderId'>)
    lists.set(orderId, list)
  }
  return lists
}
