import type { Tx } from '@renmai/platform/db/db'
import { all, insertRows, readRow } from '@renmai/platform/db/rows'
import { ofState, on } from '@renmai/platform/events/inbox'
import { type OrderFact, OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { returnRefunded } from '../coupons/coupon.ts'
import { orderFacts } from './fact.table.ts'
import { lockDocuments, markProfilesDirty, shareDocuments } from './fact.ts'
import { orderRow } from './order-facts.rules.ts'

/**
 * Keeps the newest state of each order that has a buyer or names coupons, and of each refund document of another order. An order that
 * its documents refund in full has its coupons returned; to return them twice changes nothing.
 */
export const keepOrders = ofState(
  on(OrdersChangedSchema, 'keep-orders', async (tx, events) => {
    const rows = events
      .flatMap((event) => event.orders)
      .filter(isKept)
      .map(orderRow)
    await (rows.some((row) => row.isRefundDocument) ? lockDocuments : shareDocuments)(tx)
    const before = await buyersBefore(tx, rows)
    await insertRows(tx, orderFacts, rows, { newest: 'version' })
    const buyers = rows.flatMap(({ profileId }) => profileId ?? [])
    await markProfilesDirty(tx, [...before, ...buyers, ...(await buyersOfRelated(tx, rows))])
    await returnRefunded(tx, await readRefundedByDocuments(tx, rows))
  }),
)

const isKept = ({ profileId, isRefundDocument, parentOrderKey, couponCodes }: OrderFact) =>
  profileId !== '' || (isRefundDocument ? parentOrderKey !== '' : couponCodes.length > 0)

type Row = ReturnType<typeof orderRow>

/** An order may change its buyer; the one that loses it is evaluated again too. */
async function buyersBefore(tx: Tx, rows: readonly Row[]): Promise<string[]> {
  const ids = rows.map(({ orderId }) => orderId)
  const query = 'SELECT profile_id FROM order_facts WHERE tenant_id = $1 AND order_id = ANY($2) AND profile_id IS NOT NULL'
  const found = await tx.client.query<{ profile_id: string }>(query, [tx.tenantId, ids])
  return found.rows.map((row) => row.profile_id)
}

/** The net of an order changes with its refund documents, and theirs with the order: each may have another buyer. */
async function buyersOfRelated(tx: Tx, rows: readonly Row[]): Promise<string[]> {
  const keys = rows.map(({ platform, shopId, orderKey, parentOrderKey }) => ({
    platform,
    shop_id: shopId,
    key: orderKey,
    parent: parentOrderKey,
  }))
  const found = await tx.client.query<{ profile_id: string }>(
    `WITH given AS MATERIALIZED (SELECT * FROM json_to_recordset($2) AS g (platform text, shop_id text, key text, parent text))
     SELECT o.profile_id FROM given g JOIN order_facts o ON o.platform = g.platform AND o.shop_id = g.shop_id AND o.order_key = g.parent
     WHERE o.tenant_id = $1 AND o.profile_id IS NOT NULL
     UNION SELECT d.profile_id FROM given g JOIN order_facts d ON d.platform = g.platform AND d.shop_id = g.shop_id AND d.parent_order_key = g.key
     WHERE d.tenant_id = $1 AND d.is_refund_document AND d.parent_order_key IS NOT NULL AND d.profile_id IS NOT NULL`,
    [tx.tenantId, JSON.stringify(keys)],
  )
  return found.rows.map((row) => row.profile_id)
}

/** Paid orders that have refund documents, of those that came and those that documents name. */
async function readRefundedByDocuments(tx: Tx, rows: readonly Row[]) {
  const keys = rows.map(({ platform, shopId, orderKey, parentOrderKey, isRefundDocument }) => ({
    platform,
    shop_id: shopId,
    key: isRefundDocument ? parentOrderKey : orderKey,
  }))
  const found = await tx.client.query<Record<string, unknown>>(
    `WITH given AS MATERIALIZED (SELECT DISTINCT * FROM json_to_recordset($2) AS g (platform text, shop_id text, key text))
     SELECT ${all(orderFacts)} FROM given g
     JOIN order_facts ON order_facts.platform = g.platform AND order_facts.shop_id = g.shop_id AND order_facts.order_key = g.key
     WHERE order_facts.tenant_id = $1 AND order_facts.paid_at IS NOT NULL AND NOT order_facts.is_refund_document AND EXISTS (
       SELECT 1 FROM order_facts doc WHERE doc.tenant_id = $1 AND doc.platform = g.platform AND doc.shop_id = g.shop_id
         AND doc.parent_order_key = g.key AND doc.is_refund_document)`,
    [tx.tenantId, JSON.stringify(keys)],
  )
  return found.rows.map((row) => readRow(orderFacts, row))
}
