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
    createApiClient: (_, { input }, ctx) => createApiClient(ctx, input),
    updateApiClient: async (_, { input }, ctx) => ({ client: await updateApiClient(ctx, input) }),
    rotateApiKey: (_, { input }, ctx) => rotateApiKey(ctx, input),
    finishApiKeyRotation: async (_, { input }, ctx) => ({ client: await finishApiKeyRotation(ctx, input) }),
    revokeApiClient: async (_, { input }, ctx) => ({ client: await revokeApiClient(ctx, input) }),
  },
} satisfies Resolvers
