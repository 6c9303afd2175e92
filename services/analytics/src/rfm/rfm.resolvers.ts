import { withTenant } from '@renmai/platform/db/db'
import { desc, eq } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { computeRfm } from './compute-rfm.ts'
import { CLASS_NAMES, describeClass } from './rfm.rules.ts'
import { rfmRuns } from './rfm.table.ts'

export const rfmResolvers = {
  Query: {
    latestRfmRun: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, async (tx) => {
        const [run] = await tx.select().from(rfmRuns).where(eq(rfmRuns.tenantId, viewer.tenantId)).orderBy(desc(rfmRuns.number)).limit(1)
        return run
      }),
  },
  Mutation: { computeRfm: async (_, { input }, ctx) => ({ run: await ctx.load.rfmRun.load((await computeRfm(ctx, input)).id) }) },
  RfmRun: {
    classes: ({ counts }) =>
      CLASS_NAMES.map((name) => ({ rfmClass: name, label: describeClass(name).label, customers: counts[name] ?? 0 })),
  },
  RfmScore: {
    label: ({ rfmClass }) => describeClass(rfmClass).label,
    strategy: ({ rfmClass }) => describeClass(rfmClass).strategy,
    monetary: ({ monetaryMinor, currency }) => ({ amountMinor: String(monetaryMinor), currency }),
  },
  Customer: {
    __resolveReference: ({ id }) => ({ id }),
    rfm: ({ id }, _args, { load }) => load.rfm.load(id),
  },
} satisfies Resolvers
