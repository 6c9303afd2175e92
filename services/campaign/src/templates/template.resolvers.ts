import { withTenant } from '@renmai/platform/db/db'
import { asc, desc, eq } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { publishTemplate } from './publish-template.ts'
import { templates } from './template.table.ts'

const MAX_TEMPLATES = 1_000

export const templateResolvers = {
  Query: {
    templates: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, (tx) =>
        tx
          .selectDistinctOn([templates.name])
          .from(templates)
          .where(eq(templates.tenantId, viewer.tenantId))
          .orderBy(asc(templates.name), desc(templates.version))
          .limit(MAX_TEMPLATES),
      ),
  },
  Mutation: {
    publishTemplate: async (_, { input }, ctx) => ({ template: await ctx.load.template.load((await publishTemplate(ctx, input)).id) }),
  },
  Template: { __resolveReference: ({ id }, { load }) => load.template.load(id) },
} satisfies Resolvers
