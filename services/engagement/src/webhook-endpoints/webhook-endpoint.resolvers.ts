import { withTenant } from '@renmai/platform/db'
import { isId } from '@renmai/platform/ids'
import { live } from '@renmai/platform/resolvers'
import { and, asc, desc, eq, gt, lt } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { createWebhookEndpoint } from './create-webhook-endpoint.ts'
import { deleteWebhookEndpoint } from './delete-webhook-endpoint.ts'
import { replayWebhookDeliveries } from './replay-deliveries.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'
import { testWebhookEndpoint } from './test-webhook-endpoint.ts'
import { updateWebhookEndpoint } from './update-webhook-endpoint.ts'
import { isVisible } from './webhook-endpoint.queries.ts'
import { webhookDeliveries, webhookEndpoints } from './webhook-endpoint.table.ts'

const find = (id: string, { load }: Context) => (isId(id) ? load.webhookEndpoint.load(id) : undefined)

export const webhookEndpointResolvers: Resolvers = {
  Subscription: { webhookEndpointDisabled: live(({ endpointId }, _args, ctx: Context) => find(endpointId!, ctx)) },
  Query: {
    webhookEndpoint: (_, { id }, ctx) => find(id, ctx) ?? null,
    webhookEndpoints: (_, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const after = page.after ? gt(webhookEndpoints.id, page.after[0]!) : undefined
        const rows = await tx
          .select()
          .from(webhookEndpoints)
          .where(and(isVisible(viewer), after))
          .orderBy(asc(webhookEndpoints.id))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row) => [row.id])
      })
    },
  },
  Mutation: {
    createWebhookEndpoint: (_, { input }, ctx) => createWebhookEndpoint(ctx, input),
    updateWebhookEndpoint: async (_, { input }, ctx) => ({ endpoint: await updateWebhookEndpoint(ctx, input) }),
    rotateWebhookSecret: (_, { input }, ctx) => rotateWebhookSecret(ctx, input),
    deleteWebhookEndpoint: (_, { input }, ctx) => deleteWebhookEndpoint(ctx, input),
    testWebhookEndpoint: async (_, { input }, ctx) => ({ delivery: await testWebhookEndpoint(ctx, input) }),
    replayWebhookDeliveries: (_, { input }, ctx) => replayWebhookDeliveries(ctx, input),
  },
  WebhookEndpoint: {
    __resolveReference: ({ id }, ctx) => find(id, ctx),
    deliveries: ({ id }, { state, ...args }, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const { tenantId, endpointId, id: deliveryId } = webhookDeliveries
        const inState = state ? eq(webhookDeliveries.state, state) : undefined
        const rows = await tx
          .select()
          .from(webhookDeliveries)
          .where(and(eq(tenantId, tx.tenantId), eq(endpointId, id), inState, page.after ? lt(deliveryId, page.after[0]!) : undefined))
          .orderBy(desc(deliveryId))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row) => [row.id])
      })
    },
  },
  WebhookDelivery: {
    eventType: ({ event }) => event?.type ?? null,
    nextAttemptAt: ({ state, nextAt }) => (state === 'PENDING' ? nextAt : null),
    attempts: ({ log }) => log,
  },
}
