import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import { live } from '@renmai/platform/serve/resolvers'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { createWebhookEndpoint } from './create-webhook-endpoint.ts'
import { deleteWebhookEndpoint } from './delete-webhook-endpoint.ts'
import { replayWebhookDeliveries } from './replay-webhook-deliveries.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'
import { testWebhookEndpoint } from './test-webhook-endpoint.ts'
import { updateWebhookEndpoint } from './update-webhook-endpoint.ts'
import { endpointsBy } from './webhook-endpoint.queries.ts'
import { webhookEndpoints } from './webhook-endpoint.table.ts'

/** Ids sort by their time. */
const { id: by } = webhookEndpoints

const find = (id: string, { load }: Context) => (isId(id) ? load.webhookEndpoint.load(id) : undefined)

export const webhookEndpointResolvers = {
  Subscription: { webhookEndpointDisabled: live(({ endpointId }, _args, ctx: Context) => find(endpointId!, ctx)) },
  Query: {
    webhookEndpoint: (_, { id }, ctx) => find(id, ctx) ?? null,
    webhookEndpoints: (_, { filter, ...args }, ctx) =>
      readPage(ctx, args, { table: webhookEndpoints, by, orders: { CREATED_AT: by }, where: endpointsBy(ctx.viewer, filter) }),
    webhookDelivery: (_, { id }, { load }) => (isId(id) ? load.webhookDelivery.load(id) : null),
  },
  Mutation: {
    createWebhookEndpoint: async (_, { input }, ctx) => {
      const { id, secret } = await createWebhookEndpoint(ctx, input)
      return { endpoint: await ctx.load.webhookEndpoint.load(id), secret }
    },
    updateWebhookEndpoint: async (_, { input }, ctx) => ({
      endpoint: await ctx.load.webhookEndpoint.load((await updateWebhookEndpoint(ctx, input)).id),
    }),
    rotateWebhookSecret: async (_, { input }, ctx) => {
      const { id, secret } = await rotateWebhookSecret(ctx, input)
      return { endpoint: await ctx.load.webhookEndpoint.load(id), secret }
    },
    deleteWebhookEndpoint: (_, { input }, ctx) => deleteWebhookEndpoint(ctx, input),
    testWebhookEndpoint: async (_, { input }, ctx) => ({
      delivery: await ctx.load.webhookDelivery.load((await testWebhookEndpoint(ctx, input)).id),
    }),
    replayWebhookDeliveries: async (_, { input }, ctx) => {
      const { id, replayed } = await replayWebhookDeliveries(ctx, input)
      return { endpoint: await ctx.load.webhookEndpoint.load(id), replayed }
    },
  },
  WebhookEndpoint: {
    __resolveReference: ({ id }, ctx) => find(id, ctx),
    deliveries: ({ id }, args, { load }) => load.webhookDeliveries(id, args),
  },
  WebhookDelivery: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.webhookDelivery.load(id) : undefined),
    endpoint: ({ endpointId }, _args, ctx) => find(endpointId, ctx) ?? null,
    eventType: ({ event }) => event?.type ?? null,
    nextAttemptAt: ({ state, nextAt }) => (state === 'PENDING' ? nextAt : null),
    attempts: ({ log }) => log.map(({ at, status, ...rest }) => ({ ...rest, at: new Date(at), httpStatus: status })),
  },
} satisfies Resolvers
