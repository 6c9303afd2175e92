import { isId } from '@renmai/platform/serve/ids'
import { live } from '@renmai/platform/serve/resolvers'
import { nameOf, textOf } from '../attributes/attribute.ts'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { findByIdentifier } from './find-by-identifier.ts'
import { listCustomers } from './list-customers.ts'
import { mergeCustomers } from './merge-customers.ts'
import { previewMerge } from './preview-merge.ts'
import { unmergeCustomers } from './unmerge-customers.ts'

export const customerResolvers = {
  Subscription: {
    customerChanged: live((event, { customerId }: { customerId?: string }, ctx: Context) =>
      ctx.load.customer.load(customerId ?? event.customerId ?? event.survivorId!),
    ),
  },
  Query: {
    customer: (_, { id }, ctx) => (isId(id) ? ctx.load.customer.load(id) : null),
    customerByIdentifier: async (_, identifier, ctx) => {
      const id = await findByIdentifier(ctx, identifier)
      return id ? ctx.load.customer.load(id) : null
    },
    customers: (_, args, ctx) => listCustomers(ctx, args),
    previewMerge: (_, args, ctx) => previewMerge(ctx, args),
  },
  Mutation: {
    mergeCustomers: async (_, { input }, ctx) => {
      const { mergeId, survivorId } = await mergeCustomers(ctx, input)
      return { merge: await ctx.load.merge.load(mergeId), survivor: await ctx.load.customer.load(survivorId) }
    },
    unmergeCustomers: async (_, { input }, ctx) => {
      const { unmergeId, survivorId, restoredId } = await unmergeCustomers(ctx, input)
      const [survivor, restored] = await Promise.all([survivorId, restoredId].map((id) => ctx.load.customer.load(id)))
      return { unmerge: unmergeId ? await ctx.load.merge.load(unmergeId) : null, survivor, restored }
    },
  },
  Customer: {
    __resolveReference: ({ id }, ctx) => ctx.load.customer.load(id),
    identity: ({ id }) => ({ id }),
    displayName: async ({ id }, _args, { load, keyRing, viewer }) => {
      const name = nameOf(keyRing, viewer.tenantId, await load.names.load(id))
      return name ? textOf(keyRing, viewer.tenantId, name) : null
    },
  },
  CustomerIdentity: {
    profiles: ({ id }, args, ctx) => ctx.load.profilesOf(id, args),
    evidence: ({ id }, args, ctx) => ctx.load.evidenceOf(id, args),
    merges: ({ id }, args, ctx) => ctx.load.mergesOf(id, args),
    cannotLinks: ({ id }, args, ctx) => ctx.load.cannotLinksOf(id, args),
  },
  MergePreview: {
    survivor: ({ survivorId }, _args, ctx) => ctx.load.customer.load(survivorId),
    absorbed: ({ absorbedId }, _args, ctx) => ctx.load.customer.load(absorbedId),
    movedProfiles: ({ movedProfileIds }) => movedProfileIds.length,
  },
  MergeConflict: { ruling: ({ rulingId }, _args, ctx) => (rulingId ? ctx.load.ruling.load(rulingId) : null) },
  Evidence: { __resolveReference: ({ id }, ctx) => ctx.load.evidence.load(id) },
  CustomerMerge: {
    __resolveReference: ({ id }, ctx) => ctx.load.merge.load(id),
    ruling: ({ rulingId }, _args, ctx) => (rulingId ? ctx.load.ruling.load(rulingId) : null),
  },
} satisfies Resolvers
