import { withTenant } from '@renmai/platform/db/db'
import type { Resolvers } from '../gen/resolvers.ts'
import { definePurpose } from './define-purpose.ts'
import { readPurposes } from './purpose.queries.ts'

export const purposeResolvers = {
  Query: {
    purposes: (_, _args, { db, viewer }) => withTenant(db, viewer.tenantId, readPurposes),
  },
  Mutation: { definePurpose: async (_, { input }, ctx) => ({ purpose: await definePurpose(ctx, input) }) },
} satisfies Resolvers
