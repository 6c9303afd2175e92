import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { blindIndex, type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import type { IncomingOrder } from '../connectors/incoming.ts'
import { detailOf, type ParkReason } from './order.rules.ts'
import { parkedOrders } from './order.table.ts'

/** What is kept aside, and why. */
export type SetAside = { kind: 'ORDER'; order: IncomingOrder; reason: ParkReason }

/** Keeps what was accepted and cannot be stored, sealed, for a person to check. The same state for the same reason is kept once. */
export async function setAside(tx: Tx, { keyRing }: { readonly keyRing: KeyRing }, items: readonly SetAside[]): Promise<void> {
  const rows = items.map(({ order, reason }) => {
    const id = newId()
    const body = JSON.stringify(order)
    return {
      id,
      platform: order.platform,
      shopId: order.shopId,
      orderNo: order.orderNo.replaceAll('\0', '').toWellFormed(),
      reason,
      detail: detailOf(order, reason),
      body: seal(keyRing, tx.tenantId, `parked_orders.body|${id}`, body),
      bodyHash: blindIndex(keyRing, tx.tenantId, 'parked_orders', `${reason}|${body}`),
    }
  })
  await insertRows(tx, parkedOrders, rows)
}
