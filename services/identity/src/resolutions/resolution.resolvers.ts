import type { Resolvers } from '../gen/resolvers.ts'
import { resolveIdentifiers } from './resolve-identifiers.ts'

export const resolutionResolvers = {
  Query: { resolve: (_, args, ctx) => resolveIdentifiers(ctx, args) },
  ResolvedIdentifier: { customer: ({ customerId }, _args, ctx) => (customerId ? ctx.load.customer.load(customerId) : null) },
  ResolutionConflict: { customer: ({ customerId }, _args, ctx) => ctx.load.customer.load(customerId) },
  Resolution: {
    customer: ({ customerId }, _args, ctx) => (customerId ? ctx.load.customer.load(customerId) : null),
    joined: async ({ joinedIds }, _args, ctx) =>
      (await Promise.all(joinedIds.map((id) => ctx.load.customer.load(id)))).flatMap((one) => one ?? []),
  },
} satisfies Resolvers
