import type { Tx } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { and, eq } from 'drizzle-orm'
import { type WebhookEndpoint, webhookEndpoints } from './webhook-endpoint.table.ts'

/** Condition for the endpoints that a viewer may read: a client its own, staff all of the tenant. */
export const isVisible = ({ kind, id, tenantId }: Viewer) =>
  and(eq(webhookEndpoints.tenantId, tenantId), kind === 'CLIENT' ? eq(webhookEndpoints.clientId, id) : undefined)

/** @throws AppError NOT_FOUND when the endpoint does not exist, or belongs to another client */
export async function lockEndpoint(tx: Tx, viewer: Viewer, endpointId: string): Promise<WebhookEndpoint> {
  const [found] = await tx
    .select()
    .from(webhookEndpoints)
    .where(and(isVisible(viewer), eq(webhookEndpoints.id, endpointId)))
    .for('update')
  if (!found) throw new AppError('NOT_FOUND', 'No such webhook endpoint')
  return found
}
