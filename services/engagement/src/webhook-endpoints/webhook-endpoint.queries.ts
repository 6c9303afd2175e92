import type { Tx } from '@renmai/platform/db/db'
import { anyOf, before, type Conditions, equals, from, isIdOf, isMissing, matching } from '@renmai/platform/db/filters'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { and, eq, exists, type SQL, sql } from 'drizzle-orm'
import { QueryBuilder } from 'drizzle-orm/pg-core'
import type { WebhookDeliveryFilter, WebhookEndpointFilter } from '../gen/resolvers.ts'
import { webhookEndpointFailure } from './webhook-endpoint.failures.ts'
import { type WebhookEndpoint, webhookDeliveries, webhookEndpoints } from './webhook-endpoint.table.ts'

/** Condition for the endpoints that a viewer may read: a client its own, staff all of the tenant. */
export const isVisible = ({ kind, id, tenantId }: Viewer) =>
  and(eq(webhookEndpoints.tenantId, tenantId), kind === 'CLIENT' ? eq(webhookEndpoints.clientId, id) : undefined)

/** Condition for the deliveries that a viewer may read: those of endpoints that it may read and that are not deleted. */
export const isDeliveryVisible = (viewer: Viewer) =>
  exists(
    new QueryBuilder()
      .select({ one: sql`1` })
      .from(webhookEndpoints)
      .where(and(isVisible(viewer), eq(webhookEndpoints.id, webhookDeliveries.endpointId))),
  )

const ENDPOINTS: Conditions<WebhookEndpointFilter> = {
  clientId: isIdOf(webhookEndpoints.clientId),
  isEnabled: isMissing(webhookEndpoints.disabledReason),
  disabledReason: equals(webhookEndpoints.disabledReason),
}

/** Condition of the list of endpoints; a tenant has at most a thousand. */
export const endpointsBy = (viewer: Viewer, filter: WebhookEndpointFilter | null | undefined): SQL | undefined =>
  and(isVisible(viewer), matching(ENDPOINTS, filter))

const DELIVERIES: Conditions<WebhookDeliveryFilter> = {
  state: equals(webhookDeliveries.state),
  states: anyOf(webhookDeliveries.state),
  isTest: equals(webhookDeliveries.isTest),
  createdFrom: from(webhookDeliveries.createdAt),
  createdBefore: before(webhookDeliveries.createdAt),
}

/** Condition of a list of deliveries of one endpoint. */
export const deliveriesBy = (filter: WebhookDeliveryFilter | null | undefined): SQL | undefined => matching(DELIVERIES, filter)

/** @throws AppError NOT_FOUND when the endpoint does not exist, or belongs to another client */
export async function lockEndpoint(tx: Tx, viewer: Viewer, endpointId: string): Promise<WebhookEndpoint> {
  const [found] = await tx
    .select()
    .from(webhookEndpoints)
    .where(and(isVisible(viewer), eq(webhookEndpoints.id, endpointId)))
    .for('update')
  if (!found) throw webhookEndpointFailure('WEBHOOK_ENDPOINT_NOT_FOUND')
  return found
}
