import type { Tx } from '@renmai/platform/db/db'
import { and, eq, inArray } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { transitions } from './delivery.states.ts'
import { webhookDeliveries, webhookEndpoints } from './webhook-endpoint.table.ts'

/** Changes an endpoint that is locked. */
export async function changeEndpoint(
  tx: Tx,
  id: string,
  changes: PgUpdateSetSource<typeof webhookEndpoints>,
): Promise<{ decided: { id: string }; targetId: string }> {
  const mine = and(eq(webhookEndpoints.tenantId, tx.tenantId), eq(webhookEndpoints.id, id))
  await tx.update(webhookEndpoints).set(changes).where(mine)
  return { decided: { id }, targetId: id }
}

/** What waits for an endpoint that is sent nothing any more ends; it can be put into the queue again. */
export async function endPending(tx: Tx, endpointId: string): Promise<void> {
  const { tenantId, state } = webhookDeliveries
  const { from, to } = transitions.fail
  await tx
    .update(webhookDeliveries)
    .set({ state: to, attemptId: null })
    .where(and(eq(tenantId, tx.tenantId), eq(webhookDeliveries.endpointId, endpointId), inArray(state, [...from])))
}
