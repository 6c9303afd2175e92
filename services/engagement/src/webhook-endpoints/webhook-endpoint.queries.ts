import type { Tx } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { and, eq } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { type WebhookEndpoint, webhookDeliveries, webhookEndpoints } from './webhook-endpoint.table.ts'

/** The endpoints that a viewer may see: a client its own, staff all of the tenant. */
export const isVisible = ({ kind, id, tenantId }: Viewer) =>
  and(eq(webhookEndpoints.tenantId, tenantId), kind === 'CLIENT' ? eq(webhookEndpoints.clientId, id) : undefined)

/** @throws AppError NOT_FOUND when there is none, or it is somebody else's */
export async function lockEndpoint(tx: Tx, viewer: Viewer, endpointId: string): Promise<WebhookEndpoint> {
  const [found] = await tx
    .select()
    .from(webhookEndpoints)
    .where(and(isVisible(viewer), eq(webhookEndpoints.id, endpointId)))
    .for('update')
  if (!found) throw new AppError('NOT_FOUND', 'No such webhook endpoint')
  return found
}

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
  await tx
    .update(webhookDeliveries)
    .set({ state: 'FAILED', attemptId: null })
    .where(and(eq(tenantId, tx.tenantId), eq(webhookDeliveries.endpointId, endpointId), eq(state, 'PENDING')))
}
