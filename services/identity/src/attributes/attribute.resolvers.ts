import { readFirst } from '@renmai/platform/db/read-page'
import { open } from '@renmai/platform/secrets/crypto'
import type { Resolvers } from '../gen/resolvers.ts'
import { survivingValues } from './attribute.rules.ts'
import { fields } from './attribute.table.ts'
import { defineField } from './define-field.ts'
import { setAttributes } from './set-attributes.ts'
import { attributePlace } from './store-attributes.ts'

const MAX_FIELDS = 1_000

export const attributeResolvers = {
  Query: {
    fields: (_, _args, ctx) => readFirst(ctx, MAX_FIELDS, { table: fields, by: fields.key }),
  },
  Mutation: {
    defineField: async (_, { input }, ctx) => ({ field: await ctx.load.field.load((await defineField(ctx, input)).id) }),
    setAttributes: async (_, { input }, ctx) => ({ customer: await ctx.load.customer.load((await setAttributes(ctx, input)).customerId) }),
  },
  Customer: { attributes: async ({ id }, _args, ctx) => survivingValues((await ctx.load.attributes.load(id)) ?? []) },
  AttributeValue: {
    isPersonal: (row) => row.sealed !== null,
    value: (row, _args, { keyRing, viewer }) => {
      if (row.sealed === null) return row.value
      return viewer.scopes.has('personal:read') ? open(keyRing, viewer.tenantId, attributePlace(row.key, row.profileId), row.sealed) : null
    },
  },
} satisfies Resolvers
