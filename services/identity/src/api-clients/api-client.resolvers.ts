import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { stateOf } from './api-client.rules.ts'
import { createApiClient } from './create-api-client.ts'
import { listApiClients } from './list-api-clients.ts'
import { revokeApiClient } from './revoke-api-client.ts'
import { finishApiKeyRotation, rotateApiKey } from './rotate-api-key.ts'
import { updateApiClient } from './update-api-client.ts'

export const apiClientResolvers = {
  Query: {
    apiClient: (_, { id }, ctx) => (isId(id) ? ctx.load.apiClient.load(id) : null),
    apiClients: (_, args, ctx) => listApiClients(ctx, args),
  },
  Mutation: {
    createApiClient: async (_, { input }, ctx) => {
      const { id, key } = await createApiClient(ctx, input)
      return { client: await ctx.load.apiClient.load(id), key }
    },
    updateApiClient: async (_, { input }, ctx) => ({ client: await ctx.load.apiClient.load((await updateApiClient(ctx, input)).id) }),
    rotateApiKey: async (_, { input }, ctx) => {
      const { id, key } = await rotateApiKey(ctx, input)
      return { client: await ctx.load.apiClient.load(id), key }
    },
    finishApiKeyRotation: async (_, { input }, ctx) => ({
      client: await ctx.load.apiClient.load((await finishApiKeyRotation(ctx, input)).id),
    }),
    revokeApiClient: async (_, { input }, ctx) => ({ client: await ctx.load.apiClient.load((await revokeApiClient(ctx, input)).id) }),
  },
  ApiClient: {
    __resolveReference: ({ id }, ctx) => ctx.load.apiClient.load(id),
    state: (client) => stateOf(client, new Date()),
  },
} satisfies Resolvers
