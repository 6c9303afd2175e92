import { readFirst, readPage } from '@renmai/platform/db/read-page'
import { writeDays } from '@renmai/platform/serve/duration'
import { isId } from '@renmai/platform/serve/ids'
import { toMoney } from '@renmai/platform/serve/money'
import type { Resolvers } from '../gen/resolvers.ts'
import { computeRfm } from './compute-rfm.ts'
import { listRfmModels } from './list-rfm-models.ts'
import { listRfmRuns, runsOfModel } from './list-rfm-runs.ts'
import { monetaryIn } from './monetary-in.ts'
import { CLASS_NAMES, describeClass } from './rfm.rules.ts'
import { rfmModels } from './rfm.table.ts'

export const rfmResolvers = {
  Query: {
    latestRfmRun: async (_, _args, ctx) => {
      const [model] = await readFirst(ctx, 1, { table: rfmModels, by: rfmModels.id, given: { isDefault: true } })
      return (await readFirst(ctx, 1, runsOfModel(model?.id)))[0]
    },
    rfmRun: (_, { id }, { load }) => (isId(id) ? load.rfmRun.load(id) : null),
    rfmRuns: (_, args, ctx) => readPage(ctx, args, listRfmRuns(args)),
    rfmModel: (_, { id }, { load }) => (isId(id) ? load.rfmModel.load(id) : null),
    rfmModels: (_, args, ctx) => readPage(ctx, args, listRfmModels(args)),
  },
  Mutation: { computeRfm: async (_, { input }, ctx) => ({ run: await ctx.load.rfmRun.load((await computeRfm(ctx, input)).id) }) },
  RfmRun: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.rfmRun.load(id) : null),
    model: ({ modelId }, _args, { load }) => (modelId ? load.rfmModel.load(modelId) : null),
    classes: ({ counts }) =>
      CLASS_NAMES.map((name) => ({ rfmClass: name, label: describeClass(name).label, customers: counts[name] ?? 0 })),
  },
  RfmModel: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.rfmModel.load(id) : null),
    window: ({ windowDays }) => writeDays(windowDays),
    orderCurrency: ({ isConverted, orderCurrency, currency }) => (isConverted ? orderCurrency : currency),
    cuts: ({ cuts, currency }) =>
      cuts && { recency: writeDays(cuts.recencyDays), frequency: cuts.frequency, monetary: toMoney(cuts.monetaryMinor, currency) },
    latestRun: ({ id }, _args, { load }) => load.latestRfmRunOf.load(id),
  },
  RfmClassChange: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.rfmClassChange.load(id) : null),
    model: ({ modelId }, _args, { load }) => load.rfmModel.load(modelId),
    run: ({ runId }, _args, { load }) => load.rfmRun.load(runId),
  },
  RfmScore: {
    label: ({ rfmClass }) => describeClass(rfmClass).label,
    strategy: ({ rfmClass }) => describeClass(rfmClass).strategy,
    recency: ({ recencyDays }) => writeDays(recencyDays),
    monetary: (score, { in: wanted }, { load }) => monetaryIn(load, score, wanted),
  },
  Customer: {
    // A caller may have the id of a customer that was merged away meanwhile.
    __resolveReference: async ({ id }, { load }) => ({ id: await load.currentCustomer(id) }),
    rfm: ({ id }, { modelId }, { load }) => (modelId ? load.rfmOf(modelId, id) : load.rfm.load(id)),
    rfmChanges: ({ id }, args, { load }) => load.rfmChangesOf(id, args),
  },
} satisfies Resolvers
