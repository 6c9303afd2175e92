import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { blockIdentifier } from './block-identifier.ts'
import { listIdentityRulings } from './list-identity-rulings.ts'
import { retractIdentifier } from './retract-identifier.ts'
import { separateCustomers } from './separate-customers.ts'
import { undoIdentityRuling } from './undo-identity-ruling.ts'
import { undoIdentityRulings } from './undo-identity-rulings.ts'

export const rulingResolvers = {
  Query: {
    identityRuling: (_, { id }, ctx) => (isId(id) ? ctx.load.ruling.load(id) : null),
    identityRulings: (_, args, ctx) => listIdentityRulings(ctx, args),
  },
  Mutation: {
    separateCustomers: async (_, { input }, ctx) => ({
      ruling: await ctx.load.ruling.load((await separateCustomers(ctx, input)).rulingId),
    }),
    retractIdentifier: async (_, { input }, ctx) => {
      const { rulingId, customerId } = await retractIdentifier(ctx, input)
      return { ruling: await ctx.load.ruling.load(rulingId), customer: await ctx.load.customer.load(customerId) }
    },
    blockIdentifier: async (_, { input }, ctx) => ({ ruling: await ctx.load.ruling.load((await blockIdentifier(ctx, input)).rulingId) }),
    undoIdentityRuling: async (_, { input }, ctx) => {
      const { rulingId, undoneId } = await undoIdentityRuling(ctx, input)
      return { ruling: await ctx.load.ruling.load(rulingId), undone: await ctx.load.ruling.load(undoneId) }
    },
    undoIdentityRulings: (_, { input }, ctx) => undoIdentityRulings(ctx, input),
  },
  IdentityRuling: { __resolveReference: ({ id }, ctx) => ctx.load.ruling.load(id) },
} satisfies Resolvers
