import { withTenant } from '@renmai/platform/db'
import { asc, eq } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { channelAccounts } from './channel-account.table.ts'
import { connectSmtp, connectWecom, connectYouzan, createEventSource } from './connect-channel.ts'
import { testConnection } from './test-connection.ts'

const MAX_ACCOUNTS = 1_000
const CALLBACKS: Record<string, string> = { WECOM: 'hooks/wecom', YOUZAN: 'hooks/youzan', EVENT_API: 'v1/events' }

export const channelResolvers = {
  Query: {
    channelAccounts: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, (tx) =>
        tx
          .select()
          .from(channelAccounts)
          .where(eq(channelAccounts.tenantId, viewer.tenantId))
          .orderBy(asc(channelAccounts.id))
          .limit(MAX_ACCOUNTS),
      ),
  },
  Mutation: {
    connectWecom: async (_, { input }, ctx) => ({ account: await connectWecom(ctx, input) }),
    connectYouzan: async (_, { input }, ctx) => ({ account: await connectYouzan(ctx, input) }),
    connectSmtp: async (_, { input }, ctx) => ({ account: await connectSmtp(ctx, input) }),
    createEventSource: (_, { input }, ctx) => createEventSource(ctx, input),
    testConnection: (_, { input }, ctx) => testConnection(ctx, input),
  },
  ChannelAccount: {
    callbackPath: ({ kind, tenantId, id }) => (CALLBACKS[kind] ? `/${CALLBACKS[kind]}/${tenantId}/${id}` : null),
    pendingClaims: async ({ id }, _args, { load }) => (await load.pendingClaims.load(id)) ?? 0,
  },
} satisfies Resolvers
