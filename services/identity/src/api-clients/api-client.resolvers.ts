import { readPage } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { apiClients } from './api-client.table.ts'
import { createApiClient } from './create-api-client.ts'
import { revokeApiClient } from './revoke-api-client.ts'
import { finishApiKeyRotation, rotateApiKey } from './rotate-api-key.ts'
import { updateApiClient } from './update-api-client.ts'

export const apiClientResolvers = {
  Query: {
    apiClients: (_, args, ctx) => readPage(ctx, args, { table: apiClients, by: apiClients.id }),
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
} satisfies Resolvers
