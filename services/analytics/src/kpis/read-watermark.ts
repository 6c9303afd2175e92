import { withTenant } from '@renmai/platform/db/db'
import { consumerName } from '@renmai/platform/events/consume'
import { timeOfId } from '@renmai/platform/serve/ids'
import type { Context } from '../context.ts'

/**
 * Up to when everything that was told is counted: the present when no consumer has anything waiting, else the time of
 * the event that the slowest of them handled last; null when one that is behind has handled nothing of this tenant.
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
        // What the bus cannot say of a consumer counts as behind: the numbers still answer, and claim less.
        const info = await bus.manager.consumers.info(stream, name).catch(() => undefined)
        return info && info.num_pending + info.num_ack_pending === 0 ? [] : [name]
      }),
    ),
  )
  return [...new Set(names.flat())]
}
