import type { Tx } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import type { IncomingOrder } from '../connectors/incoming.ts'
import { addLines } from './merge-order.rules.ts'
import { MAX_LINES } from './order.rules.ts'
import { keyOf, readSnapshots } from './snapshot.queries.ts'
import { writeSnapshots } from './write-snapshots.ts'

/**
 * Adds lines to an order that was stored without them, and publishes it.
 * @param rest the lines, as an order of their own, with the version of the platform that the stored order has
 * @returns false when no such order is stored
 * @throws AppError CONFLICT when another state of the order is stored or set aside: its lines are not known to lack these
 */
export async function extendOrder(tx: Tx, rest: IncomingOrder, profileId: string | null): Promise<boolean> {
  const before = await readSnapshots(tx, [rest])
  const known = before.get(keyOf(rest))
  if (!known && !(await isSetAside(tx, rest))) return false
  if (known?.order.platformVersion !== rest.platformVersion || known?.order.currency !== rest.currency)
    throw new AppError('CONFLICT', 'ORDER_KNOWN_OTHERWISE: the order is stored, or set aside, by another file; import the corrected file')
  const after = addLines(known!, rest, profileId)
  if (after.lines.length > MAX_LINES) throw new AppError('CONFLICT', `ORDER_TOO_LONG: the order has more than ${MAX_LINES} rows`)
  await writeSnapshots(tx, before, [after])
  return true
}

async function isSetAside(tx: Tx, { platform, shopId, orderNo }: IncomingOrder): Promise<boolean> {
  const query = 'SELECT 1 FROM parked_orders WHERE tenant_id = $1 AND platform = $2 AND shop_id = $3 AND order_no = $4 LIMIT 1'
  return (await tx.client.query(query, [tx.tenantId, platform, shopId, orderNo])).rowCount === 1
}
