import { AppError } from '@renmai/platform/serve/errors'
import { isId } from '@renmai/platform/serve/ids'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { archiveAttributeField, restoreAttributeField } from './archive-attribute-field.ts'
import { createAttributeField } from './create-attribute-field.ts'
import { listAttributeFields } from './list-attribute-fields.ts'
import { listUnmappedKeys, type UnmappedAttributeKeyRow } from './list-unmapped-keys.ts'
import type { ObservedValue } from './observed-values.ts'
import { releaseAttributes } from './release-attributes.ts'
import { setAttributes } from './set-attributes.ts'
import { type AttributeValueRow, contentOf, nameOf, originalOf, survivingValues, textOf } from './surviving-values.ts'
import { type TypedParts, typedParts } from './typed-value.rules.ts'
import { updateAttributeField } from './update-attribute-field.ts'

const [MAX_OTHERS, MAX_KEYS] = [20, 100]

const mayRead = ({ sealed }: ObservedValue, { viewer }: Context): boolean => sealed === null || viewer.scopes.has('personal:read')

/** Null where the value is personal and the viewer may not read such. */
const valueFields = {
  isPersonal: ({ sealed }: ObservedValue) => sealed !== null,
  // Beside the code of a region stands an address.
  original: (row: ObservedValue, _args: object, ctx: Context) =>
    mayRead(row, ctx) && (row.field.kind !== 'REGION' || ctx.viewer.scopes.has('personal:read'))
      ? originalOf(ctx.keyRing, ctx.viewer.tenantId, row)
      : null,
  value: (row: ObservedValue, _args: object, ctx: Context) => (mayRead(row, ctx) ? textOf(ctx.keyRing, ctx.viewer.tenantId, row) : null),
}

export type { UnmappedAttributeKeyRow }
export type AttributeContentRow = TypedParts & Pick<ObservedValue, 'source' | 'observedAt' | 'profileId'> & { unit: string | null }

function typedOf({ field: { kind, unit }, held }: AttributeValueRow, { keyRing, viewer }: Context): AttributeContentRow[] {
  return held.map(({ of, text }) => {
    const { source, observedAt, profileId } = of
    return { ...typedParts(kind, text ?? textOf(keyRing, viewer.tenantId, of)), unit, source, observedAt, profileId }
  })
}

/** Values of some fields of one customer. @throws AppError INVALID for more keys than a request may name */
function ofKeys(observed: readonly ObservedValue[], keys: readonly string[] | null | undefined): readonly ObservedValue[] {
  if (!keys) return observed
  if (keys.length > MAX_KEYS) throw new AppError('INVALID', `At most ${MAX_KEYS} keys`, { keys: `at most ${MAX_KEYS}` })
  return observed.filter(({ key }) => keys.includes(key))
}

export const attributeResolvers = {
  Query: {
    attributeField: (_, { id }, ctx) => (isId(id) ? ctx.load.attributeField.load(id) : null),
    attributeFields: (_, args, ctx) => listAttributeFields(ctx, args),
    unmappedAttributeKeys: (_, args, ctx) => listUnmappedKeys(ctx, args),
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
    attributes: async ({ id }, { keys }, { load, keyRing, viewer }) =>
      survivingValues(keyRing, viewer.tenantId, ofKeys((await load.attributes.load(id)) ?? [], keys)),
    nameProvenance: async ({ id }, _args, { load, keyRing, viewer }) => nameOf(keyRing, viewer.tenantId, await load.names.load(id)),
  },
  AttributeField: { __resolveReference: ({ id }, ctx) => ctx.load.attributeField.load(id) },
  AttributeValue: {
    ...valueFields,
    kind: ({ field }) => field.kind,
    value: (row, _args, ctx) => (mayRead(row, ctx) ? contentOf(ctx.keyRing, ctx.viewer.tenantId, row) : null),
    typed: (row, _args, ctx) => (mayRead(row, ctx) ? typedOf(row, ctx) : null),
    others: ({ others }) => others.slice(0, MAX_OTHERS),
    areOthersCut: ({ others }) => others.length > MAX_OTHERS,
  },
  LosingValue: valueFields,
} satisfies Resolvers
