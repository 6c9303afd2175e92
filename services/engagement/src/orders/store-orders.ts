import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { insertRows, insertRowsReturning, type NewRow } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { OrderStatus, OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import type { IncomingOrder } from '../connectors/incoming.ts'
import { problemOf, statusOf } from './order.rules.ts'
import { type Order, orderLines, orders, parkedOrders } from './order.table.ts'

/** An order whose buyer is resolved. */
export type AttachedOrder = { order: IncomingOrder; profileId: string | undefined }

/** Keys to seal parked orders, and the clock to check times. */
type Storing = { readonly keyRing: KeyRing; readonly now: () => Date }

/** A newer state by the platform's time replaces an older one. An older or equal state that arrives later changes nothing. */
const NEWER_WINS = `ON CONFLICT (tenant_id, platform, shop_id, order_no) DO UPDATE SET
  profile_id = coalesce(excluded.profile_id, orders.profile_id), status = excluded.status, total_minor = excluded.total_minor,
  discount_minor = excluded.discount_minor, refunded_minor = greatest(orders.refunded_minor, excluded.refunded_minor),
  coupon_codes = excluded.coupon_codes, paid_at = coalesce(orders.paid_at, excluded.paid_at), refunded_at = coalesce(excluded.refunded_at, orders.refunded_at),
  modified_at = excluded.modified_at, version = orders.version + 1
  WHERE orders.modified_at < excluded.modified_at`

/** Stores up to 500 orders of one tenant and publishes those that are new or newer. Contradictory orders are parked. */
export async function storeOrders(
  tx: Tx,
  { keyRing, now }: Storing,
  attached: AttachedOrder[],
): Promise<{ changed: number; parked: number }> {
  const checked = attached.map((one) => ({ ...one, reason: problemOf(one.order, now()) }))
  const bad = checked.flatMap(({ order, reason }) => (reason ? [{ order, reason }] : []))
  const good = newestPerNumber(checked.filter(({ reason }) => !reason))
  await park(tx, keyRing, bad)
  const rows = [...good.values()].map(({ order, profileId }) => toRow(order, profileId))
  const changed = await insertRowsReturning(tx, orders, rows, { conflict: NEWER_WINS })
  await storeLines(tx, changed, good)
  if (changed.length > 0) await publish(tx, OrdersChangedSchema, { orders: changed.map(toFact) })
  return { changed: changed.length, parked: bad.length }
}

const keyOf = (order: Pick<IncomingOrder, 'platform' | 'shopId' | 'orderNo'>) => `${order.platform}|${order.shopId}|${order.orderNo}`

function newestPerNumber(attached: AttachedOrder[]): Map<string, AttachedOrder> {
  const sorted = attached.toSorted((a, b) => a.order.modifiedAt.getTime() - b.order.modifiedAt.getTime())
  return new Map(sorted.map((one) => [keyOf(one.order), one]))
}

function toRow(order: IncomingOrder, profileId: string | undefined): NewRow<typeof orders> {
  return {
    id: newId(),
    platform: order.platform,
    shopId: order.shopId,
    orderNo: order.orderNo,
    profileId: profileId ?? null,
    status: statusOf(order),
    currency: order.currency,
    totalMinor: order.totalMinor,
    discountMinor: order.discountMinor,
    refundedMinor: order.refundedMinor,
    isRefundDocument: order.isRefundDocument,
    couponCodes: order.couponCodes,
    paidAt: order.paidAt ?? null,
    refundedAt: order.refundedAt ?? null,
    modifiedAt: order.modifiedAt,
    version: 1,
  }
}

async function storeLines(tx: Tx, changed: Order[], good: Map<string, AttachedOrder>): Promise<void> {
  if (changed.length === 0) return
  const updated = changed.filter((order) => order.version > 1).map((order) => order.id)
  if (updated.length > 0)
    await tx.client.query('DELETE FROM order_lines WHERE tenant_id = $1 AND order_id = ANY($2)', [tx.tenantId, updated])
  const rows = changed.flatMap((order) =>
    good.get(keyOf(order))!.order.lines.map((line, index) => ({
      orderId: order.id,
      line: index + 1,
      sku: line.sku,
      title: line.title,
      quantity: line.quantity,
      amountMinor: line.amountMinor,
    })),
  )
  await insertRows(tx, orderLines, rows)
}

async function park(tx: Tx, ring: KeyRing, orders: { order: IncomingOrder; reason: string }[]): Promise<void> {
  const rows = orders.map(({ order, reason }) => {
    const id = newId()
    const body = seal(ring, tx.tenantId, `parked_orders.body|${id}`, JSON.stringify(order))
    return {
      id,
      platform: order.platform,
      shopId: order.shopId,
      orderNo: order.orderNo.replaceAll('\0', '').toWellFormed(),
      reason,
      body,
    }
  })
  await insertRows(tx, parkedOrders, rows)
}

function toFact(order: Order) {
  return {
    orderId: order.id,
    profileId: order.profileId ?? '',
    platform: order.platform,
    shopId: order.shopId,
    status: OrderStatus[order.status],
    currency: order.currency,
    totalMinor: BigInt(order.totalMinor),
    refundedMinor: BigInt(order.refundedMinor),
    isRefundDocument: order.isRefundDocument,
    couponCodes: order.couponCodes,
    version: BigInt(order.version),
    modifiedAt: timestampFromDate(order.modifiedAt),
    ...(order.paidAt ? { paidAt: timestampFromDate(order.paidAt) } : {}),
    ...(order.refundedAt ? { refundedAt: timestampFromDate(order.refundedAt) } : {}),
  }
}
