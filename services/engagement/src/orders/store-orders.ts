import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { insertRows } from '@renmai/platform/bulk'
import { type KeyRing, seal } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
import { newId } from '@renmai/platform/ids'
import { publish } from '@renmai/platform/outbox'
import { OrderStatus, OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import type { IncomingOrder } from '../connectors/incoming.ts'
import { problemOf, statusOf } from './order.rules.ts'
import type { Order } from './order.table.ts'

/** An order whose buyer is resolved. */
export type AttachedOrder = { order: IncomingOrder; profileId: string | undefined }

/** What sealing what is set aside and judging times takes. */
type Storing = { readonly keyRing: KeyRing; readonly now: () => Date }

const COLUMNS = {
  id: 'uuid',
  platform: 'text',
  shop_id: 'text',
  order_no: 'text',
  profile_id: 'uuid',
  status: 'text',
  currency: 'text',
  total_minor: 'int8',
  discount_minor: 'int8',
  refunded_minor: 'int8',
  is_refund_document: 'boolean',
  coupon_codes: 'text[]',
  paid_at: 'timestamptz',
  refunded_at: 'timestamptz',
  modified_at: 'timestamptz',
  version: 'int8',
} as const

/** A newer state by the platform's time replaces an older one; an older or equal one that comes later changes nothing. */
const NEWER_WINS = `ON CONFLICT (tenant_id, platform, shop_id, order_no) DO UPDATE SET
  profile_id = coalesce(excluded.profile_id, orders.profile_id), status = excluded.status, total_minor = excluded.total_minor,
  discount_minor = excluded.discount_minor, refunded_minor = greatest(orders.refunded_minor, excluded.refunded_minor),
  coupon_codes = excluded.coupon_codes, paid_at = coalesce(orders.paid_at, excluded.paid_at), refunded_at = coalesce(excluded.refunded_at, orders.refunded_at),
  modified_at = excluded.modified_at, version = orders.version + 1
  WHERE orders.modified_at < excluded.modified_at`

const RETURNING = `id, order_no AS "orderNo", profile_id AS "profileId", platform, shop_id AS "shopId", status, currency, total_minor AS "totalMinor",
  refunded_minor AS "refundedMinor", is_refund_document AS "isRefundDocument", coupon_codes AS "couponCodes", paid_at AS "paidAt",
  refunded_at AS "refundedAt", modified_at AS "modifiedAt", version`

/** Stores up to 500 orders of one tenant and tells of those that are new or newer. Contradictory ones are parked. */
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
  const changed = await insertRows<Order>(tx, 'orders', COLUMNS, rows, { conflict: NEWER_WINS, returning: RETURNING })
  await storeLines(tx, changed, good)
  if (changed.length > 0) await publish(tx, OrdersChangedSchema, { orders: changed.map(toFact) })
  return { changed: changed.length, parked: bad.length }
}

const keyOf = (order: Pick<IncomingOrder, 'platform' | 'shopId' | 'orderNo'>) => `${order.platform}|${order.shopId}|${order.orderNo}`

function newestPerNumber(attached: AttachedOrder[]): Map<string, AttachedOrder> {
  const sorted = attached.toSorted((a, b) => a.order.modifiedAt.getTime() - b.order.modifiedAt.getTime())
  return new Map(sorted.map((one) => [keyOf(one.order), one]))
}

function toRow(order: IncomingOrder, profileId: string | undefined): object {
  return {
    id: newId(),
    platform: order.platform,
    shop_id: order.shopId,
    order_no: order.orderNo,
    profile_id: profileId ?? null,
    status: statusOf(order),
    currency: order.currency,
    total_minor: order.totalMinor,
    discount_minor: order.discountMinor,
    refunded_minor: order.refundedMinor,
    is_refund_document: order.isRefundDocument,
    coupon_codes: order.couponCodes,
    paid_at: order.paidAt ?? null,
    refunded_at: order.refundedAt ?? null,
    modified_at: order.modifiedAt,
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
      order_id: order.id,
      line: index + 1,
      sku: line.sku,
      title: line.title,
      quantity: line.quantity,
      amount_minor: line.amountMinor,
    })),
  )
  await insertRows(
    tx,
    'order_lines',
    { order_id: 'uuid', line: 'int4', sku: 'text', title: 'text', quantity: 'int4', amount_minor: 'int8' },
    rows,
  )
}

async function park(tx: Tx, ring: KeyRing, orders: { order: IncomingOrder; reason: string }[]): Promise<void> {
  const rows = orders.map(({ order, reason }) => {
    const id = newId()
    const body = seal(ring, tx.tenantId, `parked_orders.body|${id}`, JSON.stringify(order))
    return {
      id,
      platform: order.platform,
      shop_id: order.shopId,
      order_no: order.orderNo.replaceAll('\0', '').toWellFormed(),
      reason,
      body,
    }
  })
  await insertRows(
    tx,
    'parked_orders',
    { id: 'uuid', platform: 'text', shop_id: 'text', order_no: 'text', reason: 'text', body: 'bytea' },
    rows,
  )
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
