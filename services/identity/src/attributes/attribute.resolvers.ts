import { readFirst } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { fields } from './attribute.table.ts'
import { defineField } from './define-field.ts'
import { setAttributes } from './set-attributes.ts'

const MAX_FIELDS = 1_000

export const attributeResolvers = {
  Query: {
    fields: (_, _args, ctx) => readFirst(ctx, MAX_FIELDS, { table: fields, by: fields.key }),
  },
  Mutation: {
    defineField: async (_, { input }, ctx) => ({ field: await ctx.load.field.load((await defineField(ctx, input)).id) }),
    setAttributes: async (_, { input }, ctx) => ({ customer: await ctx.load.customer.load((await setAttributes(ctx, input)).customerId) }),
  },
} satisfies Resolvers
