import { withTenant } from '@renmai/platform/db/db'
import type { Resolvers } from '../gen/resolvers.ts'
import { definePurpose } from './define-purpose.ts'
import { readPurposes } from './purpose.queries.ts'

export const purposeResolvers = {
  Query: {
    purposes: (_, _args, { db, viewer }) => withTenant(db, viewer.tenantId, (tx) => readPurposes(tx)),
  },
  Mutation: {
    definePurpose: async (_, { input }, ctx) => {
      const { id } = await definePurpose(ctx, input)
      const [purpose] = await withTenant(ctx.db, ctx.viewer.tenantId, (tx) => readPurposes(tx, id))
      return { purpose }
    },
  },
} satisfies Resolvers
