import type { Tx } from '@renmai/platform/db/db'
import { and, eq, inArray } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { transitions } from './delivery.states.ts'
import { webhookDeliveries, webhookEndpoints } from './webhook-endpoint.table.ts'

/** Changes an endpoint whose row is locked. */
export async function changeEndpoint(
  tx: Tx,
  id: string,
  changes: PgUpdateSetSource<typeof webhookEndpoints>,
): Promise<{ decided: { id: string }; targetId: string }> {
  const mine = and(eq(webhookEndpoints.tenantId, tx.tenantId), eq(webhookEndpoints.id, id))
  await tx.update(webhookEndpoints).set(changes).where(mine)
  return { decided: { id }, targetId: id }
}

/** Ends the waiting deliveries of an endpoint that is disabled; they can be replayed. */
export async function endPending(tx: Tx, endpointId: string): Promise<void> {
  const { tenantId, state } = webhookDeliveries
  const { from, to } = transitions.fail
  await tx
    .update(webhookDeliveries)
    .set({ state: to, attemptId: null })
    .where(and(eq(tenantId, tx.tenantId), eq(webhookDeliveries.endpointId, endpointId), inArray(state, [...from])))
}
