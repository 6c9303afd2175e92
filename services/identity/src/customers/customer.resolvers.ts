import { withTenant } from '@renmai/platform/db/db'
import { readPage } from '@renmai/platform/db/read-page'
import { open } from '@renmai/platform/secrets/crypto'
import { isId } from '@renmai/platform/serve/ids'
import { live } from '@renmai/platform/serve/resolvers'
import { placeOf } from '../contact-cards/contact-card.ts'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { isSurvivor } from './customer.queries.ts'
import { customers, reviewCases } from './customer.table.ts'
import { findByIdentifier } from './find-by-identifier.ts'
import { mergeCustomers } from './merge-customers.ts'
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
    customers: (_, args, ctx) => readPage(ctx, args, { table: customers, by: customers.id, where: isSurvivor }),
    customerCounts: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, async (tx) => {
        const { rows } = await tx.client.query(
          `SELECT (SELECT count(*) FROM customers WHERE tenant_id = $1 AND merged_into IS NULL) AS customers, (SELECT count(*) FROM profiles WHERE tenant_id = $1) AS profiles`,
          [viewer.tenantId],
        )
        return rows[0]
      }),
    reviewCases: (_, args, ctx) => readPage(ctx, args, { table: reviewCases, by: reviewCases.id }),
  },
  Mutation: {
    mergeCustomers: async (_, { input }, ctx) => {
      const { decisionId, survivorId } = await mergeCustomers(ctx, input)
      return { decision: await ctx.load.decision.load(decisionId), survivor: await ctx.load.customer.load(survivorId) }
    },
    unmergeCustomers: async (_, { input }, ctx) => {
      const { decisionId, survivorId } = await unmergeCustomers(ctx, input)
      return { decision: await ctx.load.decision.load(decisionId), survivor: await ctx.load.customer.load(survivorId) }
    },
  },
  Customer: {
    __resolveReference: ({ id }, ctx) => ctx.load.customer.load(id),
    profiles: async ({ id }, _args, ctx) => (await ctx.load.profiles.load(id)) ?? [],
    evidence: async ({ id }, _args, ctx) => (await ctx.load.evidence.load(id)) ?? [],
    decisions: async ({ id }, _args, ctx) => (await ctx.load.decisions.load(id)) ?? [],
    displayName: async ({ id }, _args, { load, keyRing, viewer }) => {
      const name = await load.names.load(id)
      return name ? open(keyRing, viewer.tenantId, placeOf('display_name', name.profileId), name.sealed) : null
    },
  },
  Profile: { namespaces: async ({ id }, _args, ctx) => ((await ctx.load.namespaces.load(id)) ?? []).map((row) => row.namespace) },
  ReviewCase: {
    customerA: (row, _args, ctx) => ctx.load.customer.load(row.customerA),
    customerB: (row, _args, ctx) => ctx.load.customer.load(row.customerB),
  },
} satisfies Resolvers
