import type { Tx } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { moment } from '@renmai/platform/serve/moments'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { and, eq, inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { SCOPE } from './create-webhook-endpoint.ts'
import { transitions } from './delivery.states.ts'
import { webhookEndpointFailure } from './webhook-endpoint.failures.ts'
import { lockEndpoint } from './webhook-endpoint.queries.ts'
import { webhookDeliveries } from './webhook-endpoint.table.ts'

const Input = z
  .object({
    idempotencyKey,
    endpointId: z.uuid(),
    deliveryIds: z.array(z.uuid()).min(1).max(100).nullish(),
    failedSince: moment.nullish(),
  })
  .refine(({ deliveryIds, failedSince }) => !deliveryIds !== !failedSince, 'give either deliveryIds or failedSince')

const AT_ONCE = 10_000

/**
 * Puts deliveries into the queue again: those with the given ids, in any state, or those that failed since a moment, at most
 * 10,000, oldest first. They keep their ids, by which a receiver recognises repeats.
 * @throws AppError CONFLICT while the endpoint is disabled, NOT_FOUND for an id that is none of its deliveries
 */
export async function replayWebhookDeliveries(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string; replayed: number }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'replayWebhookDeliveries', scope: SCOPE }, input, async (tx) => {
    const endpoint = await lockEndpoint(tx, ctx.viewer, input.endpointId)
    if (endpoint.disabledReason) throw webhookEndpointFailure('WEBHOOK_ENDPOINT_DISABLED')
    if (input.deliveryIds) await requireDeliveries(tx, endpoint.id, input.deliveryIds)
    const { rowCount } = await tx.client.query(
      `UPDATE webhook_deliveries SET state = '${transitions.replay.to}', about = NULL, attempts = 0, attempt_id = NULL, next_at = now()
       WHERE (tenant_id, id) IN (
         SELECT tenant_id, id FROM webhook_deliveries WHERE tenant_id = $1 AND endpoint_id = $2 AND ${mayGo(transitions.replay)}
           AND (id = ANY($3) OR (state = 'FAILED' AND created_at >= $4)) ORDER BY id LIMIT ${AT_ONCE})`,
      [tx.tenantId, endpoint.id, input.deliveryIds ?? [], input.failedSince ?? null],
    )
    tx.work.add('webhook_deliveries')
    return { decided: { id: endpoint.id, replayed: rowCount ?? 0 }, targetId: endpoint.id }
  })
}

async function requireDeliveries(tx: Tx, endpointId: string, ids: readonly string[]): Promise<void> {
  const rows = await tx
    .select({ id: webhookDeliveries.id })
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.tenantId, tx.tenantId),
        eq(webhookDeliveries.endpointId, endpointId),
        inArray(webhookDeliveries.id, [...ids]),
      ),
    )
  const found = new Set(rows.map(({ id }) => id))
  const missing = ids.find((id) => !found.has(id))
  if (missing) throw webhookEndpointFailure('WEBHOOK_DELIVERY_NOT_FOUND', 'deliveryIds', { id: missing })
}
