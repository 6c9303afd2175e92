import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { ConnectMutation } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import type { ChannelKind, MutationResolvers, Resolvers } from '../gen/resolvers.ts'
import { accountsBy } from './account.queries.ts'
import { problemOf, stateOf } from './account.rules.ts'
import { archiveAccount } from './archive-account.ts'
import { callbackPath } from './callback-path.ts'
import { channelAccounts } from './channel-account.table.ts'
import { connectAccount } from './connect-account.ts'
import { disableAccount } from './disable-account.ts'
import { enableAccount } from './enable-account.ts'
import { finishSecretRotation } from './finish-secret-rotation.ts'
import { restoreAccount } from './restore-account.ts'
import { rotateSecret } from './rotate-secret.ts'
import { settingsOf } from './settings.ts'
import { testConnection } from './test-connection.ts'
import { updateAccount } from './update-account.ts'

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

const { id: by, name } = channelAccounts
/** Ids sort by their time. */
const orders = { CREATED_AT: by, NAME: name }

const accountOf = async ({ load }: Context, changed: Promise<{ id: string }>) => ({
  account: await load.channelAccount.load((await changed).id),
})

export const channelResolvers = {
  Query: {
    channelAccount: (_, { id }, { load }) => (isId(id) ? load.channelAccount.load(id) : null),
    channelAccounts: (_, { filter, ...args }, ctx) =>
      readPage(ctx, args, { table: channelAccounts, by, orders, where: accountsBy(filter) }),
  },
  Mutation: {
    ...connecting,
    testConnection: (_, { input }, ctx) => testConnection(ctx, input),
    updateChannelAccount: (_, { input }, ctx) => accountOf(ctx, updateAccount(ctx, input)),
    disableChannelAccount: (_, { input }, ctx) => accountOf(ctx, disableAccount(ctx, input)),
    enableChannelAccount: (_, { input }, ctx) => accountOf(ctx, enableAccount(ctx, input)),
    rotateChannelSecret: async (_, { input }, ctx) => {
      const { id, secret } = await rotateSecret(ctx, input)
      return { account: await ctx.load.channelAccount.load(id), secret }
    },
    finishChannelSecretRotation: (_, { input }, ctx) => accountOf(ctx, finishSecretRotation(ctx, input)),
    archiveChannelAccount: (_, { input }, ctx) => accountOf(ctx, archiveAccount(ctx, input)),
    restoreChannelAccount: (_, { input }, ctx) => accountOf(ctx, restoreAccount(ctx, input)),
  },
  ChannelAccount: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.channelAccount.load(id) : undefined),
    state: stateOf,
    problem: problemOf,
    settings: (account, _args, { keyRing }) => settingsOf(keyRing, account),
    isRotating: ({ previousCredentials }) => previousCredentials !== null,
    callbackPath: ({ kind, tenantId, id }) => callbackPath({ kind, tenantId, id }),
    pendingClaims: async ({ id }, _args, { load }) => (await load.pendingClaims.load(id)) ?? 0,
  },
} satisfies Resolvers
