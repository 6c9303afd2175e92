import { all, readRow } from '@renmai/platform/db/rows'
import { type Snapshot, snapshot } from '@renmai/platform/resend/snapshot'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { orders } from './order.table.ts'
import { orderEvents } from './order-events.ts'
import { readWhole } from './snapshot.queries.ts'

/** Each order whole. When it was stored is not known: the platform's own time of a change may be long before. */
export const ordersKnown: Snapshot = snapshot(OrdersChangedSchema, {
  name: 'orders',
  // An order has up to some thousand rows.
  most: 100,
  rows: async (tx, { after, limit }) => {
    const { rows } = await tx.client.query<Record<string, unknown>>(
      `SELECT ${all(orders)} FROM orders WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [tx.tenantId, after, limit],
    )
    return readWhole(
      tx,
      rows.map((row) => readRow(orders, row)),
    )
  },
  position: ({ order }) => order.id,
  events: orderEvents,
})
