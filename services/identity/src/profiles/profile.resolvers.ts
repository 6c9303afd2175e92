import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { MAX_IDENTIFIERS, maskedIdentifier } from './identifiers-of.ts'
import { listProfiles } from './list-profiles.ts'
import { revealIdentifier } from './reveal-identifier.ts'

export const profileResolvers = {
  Query: {
    profile: (_, { id }, ctx) => (isId(id) ? ctx.load.profile.load(id) : null),
    profiles: (_, args, ctx) => listProfiles(ctx, args),
  },
  Mutation: { revealIdentifier: async (_, { input }, ctx) => ({ value: (await revealIdentifier(ctx, input)).value ?? null }) },
  Customer: {
    profiles: ({ id }, args, ctx) => ctx.load.profilesOf(id, args),
    identifiers: async ({ id }, _args, ctx) => ((await ctx.load.identifiersOf.load(id)) ?? []).slice(0, MAX_IDENTIFIERS),
    areIdentifiersCut: async ({ id }, _args, ctx) => ((await ctx.load.identifiersOf.load(id))?.length ?? 0) > MAX_IDENTIFIERS,
  },
  CustomerIdentifier: {
    value: (row, _args, { keyRing, viewer }) => maskedIdentifier(keyRing, viewer.tenantId, row),
  },
  Profile: {
    __resolveReference: ({ id }, ctx) => ctx.load.profile.load(id),
    namespaces: async ({ id }, _args, ctx) => ((await ctx.load.namespaces.load(id)) ?? []).map((row) => row.namespace),
    customer: ({ customerId }, _args, ctx) => ctx.load.customer.load(customerId),
  },
} satisfies Resolvers
