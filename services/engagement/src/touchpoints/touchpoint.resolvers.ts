import { withTenant } from '@renmai/platform/db/db'
import { requireScope } from '@renmai/platform/serve/viewer'
import { knownAccount } from '../channels/channel.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { ingestEvents } from './ingest-events.ts'

const MAX_ITEMS = 100

export const touchpointResolvers = {
  Query: {
    touchpointCounts: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, async (tx) => {
        const { rows } = await tx.client.query(
          'SELECT count(*) AS total, count(*) FILTER (WHERE profile_id IS NULL) AS unattached FROM touchpoints WHERE tenant_id = $1',
          [viewer.tenantId],
        )
        return rows[0]
      }),
  },
  Mutation: {
    ingestEvents: async (_, { input }, ctx) => {
      requireScope(ctx.viewer, 'events:write')
      const { tenantId } = ctx.viewer
      const { id, credentials } = await knownAccount(ctx, tenantId, input.accountId, 'EVENT_API')
      return ingestEvents(ctx, tenantId, { id, channel: credentials.channel }, input.events)
    },
  },
  Touchpoint: { properties: ({ properties }) => Object.entries(properties ?? {}).map(([key, value]) => ({ key, value })) },
  Customer: {
    __resolveReference: ({ id }) => ({ id }),
    lastTouchpoints: async ({ id }, { first }, { load }) =>
      ((await load.touchpoints.load(id)) ?? []).slice(0, Math.min(first ?? 20, MAX_ITEMS)),
  },
} satisfies Resolvers
