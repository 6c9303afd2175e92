import { readFirst } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { computeRfm } from './compute-rfm.ts'
import { CLASS_NAMES, describeClass } from './rfm.rules.ts'
import { rfmRuns } from './rfm.table.ts'

export const rfmResolvers = {
  Query: {
    latestRfmRun: async (_, _args, ctx) => (await readFirst(ctx, 1, { table: rfmRuns, by: rfmRuns.number, order: 'desc' }))[0],
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
