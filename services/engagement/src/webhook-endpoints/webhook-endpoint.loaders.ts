import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import { eq } from 'drizzle-orm'
import type { WebhookEndpointDeliveriesArgs } from '../gen/resolvers.ts'
import type { Listing } from '../listing.ts'
import { deliveriesBy, isDeliveryVisible, isVisible } from './webhook-endpoint.queries.ts'
import { webhookDeliveries, webhookEndpoints } from './webhook-endpoint.table.ts'

const { id: by } = webhookDeliveries

export const webhookEndpointLoaders = (ctx: Listing) => ({
  webhookEndpoint: rowsById(ctx, webhookEndpoints, { where: isVisible(ctx.viewer) }),
  webhookDelivery: rowsById(ctx, webhookDeliveries, { where: isDeliveryVisible(ctx.viewer) }),
  /** Ids sort by their time. */
  webhookDeliveries: pagesOf(
    ctx,
    (endpointId) => eq(webhookDeliveries.endpointId, endpointId),
    ({ filter }: WebhookEndpointDeliveriesArgs) => ({
      table: webhookDeliveries,
      by,
      order: 'desc',
      orders: { CREATED_AT: by },
      where: deliveriesBy(filter),
    }),
  ),
})
