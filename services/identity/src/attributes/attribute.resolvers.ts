import { isId } from '@renmai/platform/serve/ids'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { archiveAttributeField, restoreAttributeField } from './archive-attribute-field.ts'
import { createAttributeField } from './create-attribute-field.ts'
import { listAttributeFields } from './list-attribute-fields.ts'
import type { ObservedValue } from './observed-values.ts'
import { releaseAttributes } from './release-attributes.ts'
import { setAttributes } from './set-attributes.ts'
import { nameOf, survivingValues, textOf } from './surviving-values.ts'
import { updateAttributeField } from './update-attribute-field.ts'

const MAX_OTHERS = 20

/** Null where the value is personal and the viewer may not read such. */
const valueFields = {
  isPersonal: ({ sealed }: ObservedValue) => sealed !== null,
  value: (row: ObservedValue, _args: object, { keyRing, viewer }: Context) =>
    row.sealed && !viewer.scopes.has('personal:read') ? null : textOf(keyRing, viewer.tenantId, row),
}

export const attributeResolvers = {
  Query: {
    attributeField: (_, { id }, ctx) => (isId(id) ? ctx.load.attributeField.load(id) : null),
    attributeFields: (_, args, ctx) => listAttributeFields(ctx, args),
  },
  Mutation: {
    createAttributeField: async (_, { input }, ctx) => ({
      field: await ctx.load.attributeField.load((await createAttributeField(ctx, input)).id),
    }),
    updateAttributeField: async (_, { input }, ctx) => ({
      field: await ctx.load.attributeField.load((await updateAttributeField(ctx, input)).id),
    }),
    archiveAttributeField: async (_, { input }, ctx) => ({
      field: await ctx.load.attributeField.load((await archiveAttributeField(ctx, input)).id),
    }),
    restoreAttributeField: async (_, { input }, ctx) => ({
      field: await ctx.load.attributeField.load((await restoreAttributeField(ctx, input)).id),
    }),
    setAttributes: async (_, { input }, ctx) => ({ customer: await ctx.load.customer.load((await setAttributes(ctx, input)).customerId) }),
    releaseAttributes: async (_, { input }, ctx) => ({
      customer: await ctx.load.customer.load((await releaseAttributes(ctx, input)).customerId),
    }),
  },
  Customer: {
    attributes: async ({ id }, _args, { load, keyRing, viewer }) =>
      survivingValues(keyRing, viewer.tenantId, (await load.attributes.load(id)) ?? []),
    nameProvenance: async ({ id }, _args, { load, keyRing, viewer }) => nameOf(keyRing, viewer.tenantId, await load.names.load(id)),
  },
  AttributeField: { __resolveReference: ({ id }, ctx) => ctx.load.attributeField.load(id) },
  AttributeValue: {
    ...valueFields,
    others: ({ others }) => others.slice(0, MAX_OTHERS),
    areOthersCut: ({ others }) => others.length > MAX_OTHERS,
  },
  LosingValue: valueFields,
} satisfies Resolvers
