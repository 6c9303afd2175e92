import { readPage } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { createLiveCode } from './create-live-code.ts'
import { liveCodes } from './live-code.table.ts'

export const liveCodeResolvers = {
  Query: {
    liveCodes: (_, args, ctx) => readPage(ctx, args, { table: liveCodes, by: liveCodes.id }),
  },
  Mutation: {
    createLiveCode: async (_, { input }, ctx) => ({ liveCode: await ctx.load.liveCode.load((await createLiveCode(ctx, input)).id) }),
  },
  LiveCode: {
    __resolveReference: ({ id }, { load }) => load.liveCode.load(id),
    stats: async ({ id }, _args, { load }) => (await load.liveCodeStats.load(id)) ?? { added: 0, lost: 0, welcomed: 0, missed: 0 },
  },
} satisfies Resolvers
