import { withTenant } from '@renmai/platform/db/db'
import { consumerName } from '@renmai/platform/events/consume'
import { timeOfId } from '@renmai/platform/serve/ids'
import type { Context } from '../context.ts'

/**
 * Time up to which all published events are counted. It is the present when no event waits for a consumer, else the time of
 * the event that the slowest consumer handled last. It is null when a consumer that is behind has handled no event of this tenant.
 */
export async function readWatermark(ctx: Context): Promise<{ watermark: Date | null; isComplete: boolean }> {
  const behind = await consumersBehind(ctx)
  if (behind.length === 0) return { watermark: ctx.now(), isComplete: true }
  const { rows } = await withTenant(ctx.db, ctx.viewer.tenantId, (tx) =>
    tx.client.query<{ last: string }>(
      'SELECT max(event_id::text) AS last FROM inbox WHERE tenant_id = $1 AND consumer = ANY($2) GROUP BY consumer ORDER BY 1',
      [tx.tenantId, behind],
    ),
  )
  return { watermark: rows.length === behind.length ? timeOfId(rows[0]!.last) : null, isComplete: false }
}

async function consumersBehind({ bus, handlers }: Context): Promise<string[]> {
  const names = await Promise.all(
    handlers.flatMap((handler) =>
      handler.publishers.map(async (stream) => {
        const name = consumerName('analytics', handler)
        // A consumer whose state the bus cannot return counts as behind: the query still succeeds, with a lower watermark.
        const info = await bus.manager.consumers.info(stream, name).catch(() => undefined)
        return info && info.num_pending + info.num_ack_pending === 0 ? [] : [name]
      }),
    ),
  )
  return [...new Set(names.flat())]
}
