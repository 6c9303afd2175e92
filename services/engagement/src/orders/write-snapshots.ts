import type { Tx } from '@renmai/platform/db/db'
import { insertRows, insertRowsReturning } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { storeCategories } from '../categories/category.ts'
import { isSame, isSameAge, type Snapshot } from './merge-order.rules.ts'
import { orderLines, orderPayments, orderRefunds, orders } from './order.table.ts'
import { orderEvents } from './order-events.ts'
import { keyOf } from './snapshot.queries.ts'

const REPLACE = [
  'profile_id',
  'status',
  'currency',
  'total_minor',
  'discount_minor',
  'refunded_minor',
  'freight_minor',
  'tax_minor',
  'coupon_codes',
  'is_refund_document',
  'placed_at',
  'paid_at',
  'refunded_at',
  'modified_at',
  'state_rank',
  'platform_version',
  'base_state',
  'platform_state',
  'refunds_stated_at',
  'sales_channel',
  'store_id',
  'staff_id',
  'parent_order_no',
].map((column) => `${column} = excluded.${column}`)

/** The previous release may have stored a new order meanwhile: its version is then followed by the next one. */
const CONFLICT = `ON CONFLICT (tenant_id, platform, shop_id, order_no) DO UPDATE SET ${REPLACE.join(', ')},
  version = greatest(excluded.version, orders.version + CASE WHEN orders.id = excluded.id THEN 0 ELSE 1 END)`

/** Stores the orders that differ from what is stored, and publishes those whose content differs, with the next version. */
export async function writeSnapshots(tx: Tx, known: ReadonlyMap<string, Snapshot>, now: readonly Snapshot[]): Promise<void> {
  const isNews = (one: Snapshot) => {
    const before = known.get(keyOf(one.order))
    return !before || !isSame(before, one)
  }
  const changed = now.map((one) => ({ isNews: isNews(one), snapshot: one }))
  const rows = changed.filter(({ isNews: is, snapshot }) => is || !isSameAge(known.get(keyOf(snapshot.order))!, snapshot))
  if (rows.length === 0) return
  const stored = await insertRowsReturning(
    tx,
    orders,
    rows.map(({ isNews: is, snapshot: { order } }) => ({ ...order, version: order.version + (is ? 1 : 0) })),
    { conflict: CONFLICT },
  )
  const byKey = new Map(stored.map((order) => [keyOf(order), order]))
  const written = rows.map(({ isNews: is, snapshot }) => {
    const { id, version } = byKey.get(keyOf(snapshot.order))!
    return { isNews: is, snapshot: { ...snapshot, order: { ...snapshot.order, id, version } } }
  })
  await writeParts(
    tx,
    written.map(({ snapshot }) => snapshot),
  )
  await storeCategories(
    tx,
    written.flatMap(({ snapshot }) => categoriesOf(snapshot)),
  )
  await publish(tx, OrdersChangedSchema, ...orderEvents(written.filter((one) => one.isNews).map(({ snapshot }) => snapshot)))
}

const categoriesOf = ({ order: { platform, shopId }, lines }: Snapshot) => lines.map(({ categoryId: code }) => ({ platform, shopId, code }))

async function writeParts(tx: Tx, snapshots: readonly Snapshot[]): Promise<void> {
  const ids = snapshots.map(({ order }) => order.id)
  for (const table of ['order_lines', 'order_refunds', 'order_payments'])
    await tx.client.query(`DELETE FROM ${table} WHERE tenant_id = $1 AND order_id = ANY($2)`, [tx.tenantId, ids])
  await insertRows(
    tx,
    orderLines,
    snapshots.flatMap(({ order: { id: orderId }, lines }) => lines.map((line) => ({ orderId, ...line }))),
  )
  await insertRows(
    tx,
    orderRefunds,
    snapshots.flatMap(({ order: { id: orderId }, refunds }) => refunds.map((refund) => ({ orderId, ...refund }))),
  )
  await insertRows(
    tx,
    orderPayments,
    snapshots.flatMap(({ order: { id: orderId }, payments }) => payments.map((one) => ({ orderId, ...one }))),
  )
}
