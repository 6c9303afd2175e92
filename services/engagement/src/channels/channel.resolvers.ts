import { readFirst } from '@renmai/platform/db/read-page'
import type { ConnectMutation } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import type { ChannelKind, MutationResolvers, Resolvers } from '../gen/resolvers.ts'
import { callbackPath } from './callback-path.ts'
import { channelAccounts } from './channel-account.table.ts'
import { connectAccount } from './connect-account.ts'
import { testConnection } from './test-connection.ts'

const MAX_ACCOUNTS = 1_000

/** The mutations of the connectors. */
const connecting = Object.fromEntries(
  Object.entries(connectors).map(([kind, { mutation }]) => [
    mutation,
    async (_: unknown, { input }: { input: object }, ctx: Context) => {
      const { id, secret } = await connectAccount(ctx, kind as ChannelKind, input)
      return { account: await ctx.load.channelAccount.load(id), secret }
    },
  ]),
) as unknown as Pick<MutationResolvers, ConnectMutation>

export const channelResolvers = {
  Query: {
    channelAccounts: (_, _args, ctx) => readFirst(ctx, MAX_ACCOUNTS, { table: channelAccounts, by: channelAccounts.id }),
  },
  Mutation: { ...connecting, testConnection: (_, { input }, ctx) => testConnection(ctx, input) },
  ChannelAccount: {
    callbackPath: ({ kind, tenantId, id }) => callbackPath({ kind, tenantId, id }),
    pendingClaims: async ({ id }, _args, { load }) => (await load.pendingClaims.load(id)) ?? 0,
  },
} satisfies Resolvers
