import { withTenant } from '@renmai/platform/db'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { type ApiClient, apiClients } from './api-client.table.ts'
import { createApiClient } from './create-api-client.ts'
import { revokeApiClient } from './revoke-api-client.ts'
import { finishApiKeyRotation, rotateApiKey } from './rotate-api-key.ts'
import { updateApiClient } from './update-api-client.ts'

export const apiClientResolvers: Resolvers = {
  Query: {
    apiClients: (_, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const after = page.after ? gt(apiClients.id, page.after[0]!) : undefined
        const mine = and(eq(apiClients.tenantId, viewer.tenantId), after)
        const rows = await tx
          .select()
          .from(apiClients)
          .where(mine)
          .orderBy(asc(apiClients.id))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row: ApiClient) => [row.id])
      })
    },
  },
  Mutation: {
    createApiClient: (_, { input }, ctx) => createApiClient(ctx, input),
    updateApiClient: async (_, { input }, ctx) => ({ client: await updateApiClient(ctx, input) }),
    rotateApiKey: (_, { input }, ctx) => rotateApiKey(ctx, input),
    finishApiKeyRotation: async (_, { input }, ctx) => ({ client: await finishApiKeyRotation(ctx, input) }),
    revokeApiClient: async (_, { input }, ctx) => ({ client: await revokeApiClient(ctx, input) }),
  },
}
