import { withTenant } from '@renmai/platform/db/db'
import type { Resolvers } from '../gen/resolvers.ts'
import { publishTemplate } from './publish-template.ts'
import { readTemplates } from './template.queries.ts'

export const templateResolvers = {
  Query: {
    templates: (_, _args, { db, viewer }) => withTenant(db, viewer.tenantId, readTemplates),
  },
  Mutation: {
    publishTemplate: async (_, { input }, ctx) => ({ template: await ctx.load.template.load((await publishTemplate(ctx, input)).id) }),
  },
  Template: { __resolveReference: ({ id }, { load }) => load.template.load(id) },
} satisfies Resolvers
