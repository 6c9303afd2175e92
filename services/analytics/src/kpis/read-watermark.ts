import { consumerName } from '@renmai/platform/consume'
import { withTenant } from '@renmai/platform/db'
import { timeOfId } from '@renmai/platform/ids'
import type { Context } from '../context.ts'

/**
 * Up to when everything that was told is counted: the present when no consumer has anything waiting, else the time of
 * the event that the slowest of them handled last.
 */
export async function readWatermark({ db, bus, viewer, now, handlers }: Context): Promise<{ watermark: Date | null; isComplete: boolean }> {
  const infos = await Promise.all(
    handlers.flatMap((handler) =>
      handler.publishers.map((stream) => bus.manager.consumers.info(stream, consumerName('analytics', handler)).catch(() => undefined)),
    ),
  )
  const late = infos.filter((info) => !info || info.num_pending + info.num_ack_pending > 0)
  if (late.length === 0) return { watermark: now(), isComplete: true }
  const names = late.map((info) => info?.name ?? '')
  const { rows } = await withTenant(db, viewer.tenantId, (tx) =>
    tx.client.query<{ last: string }>(
      'SELECT max(event_id::text) AS last FROM inbox WHERE tenant_id = $1 AND consumer = ANY($2) GROUP BY consumer ORDER BY 1 LIMIT 1',
      [tx.tenantId, names],
    ),
  )
  return { watermark: rows[0] ? timeOfId(rows[0].last) : null, isComplete: false }
}
