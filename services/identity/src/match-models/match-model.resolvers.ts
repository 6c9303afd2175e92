import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { shownLevels } from '../matching/sentences.rules.ts'
import { activateMatchModel } from './activate-match-model.ts'
import { cancelMatchJob } from './cancel-match-job.ts'
import { estimatesOf } from './label-estimates.rules.ts'
import { labelMatchPair } from './label-match-pair.ts'
import { listMatchJobs } from './list-match-jobs.ts'
import { listMatchModels } from './list-match-models.ts'
import { reasonOf } from './match-job.rules.ts'
import { countWaitingPairs, readMatchSettings } from './match-settings.queries.ts'
import { proposeByModel } from './propose-by-model.ts'
import { readModelFields } from './read-model-fields.ts'
import { regroupProfiles } from './regroup-profiles.ts'
import { trainMatchModel } from './train-match-model.ts'
import { updateMatchSettings } from './update-match-settings.ts'

export const matchModelResolvers = {
  Query: {
    matchModel: (_, { id }, ctx) => (isId(id) ? ctx.load.matchModel.load(id) : null),
    matchModels: (_, args, ctx) => listMatchModels(ctx, args),
    matchJob: (_, { id }, ctx) => (isId(id) ? ctx.load.matchJob.load(id) : null),
    matchJobs: (_, args, ctx) => listMatchJobs(ctx, args),
    matchSettings: async (_, _args, ctx) => (await readMatchSettings(ctx)) ?? null,
  },
  Mutation: {
    trainMatchModel: async (_, { input }, ctx) => ({ job: await ctx.load.matchJob.load((await trainMatchModel(ctx, input)).jobId) }),
    cancelMatchJob: async (_, { input }, ctx) => ({ job: await ctx.load.matchJob.load((await cancelMatchJob(ctx, input)).jobId) }),
    activateMatchModel: async (_, { input }, ctx) => {
      const { modelId, jobId } = await activateMatchModel(ctx, input)
      return { model: await ctx.load.matchModel.load(modelId), job: await ctx.load.matchJob.load(jobId) }
    },
    proposeByModel: async (_, { input }, ctx) => ({ job: await ctx.load.matchJob.load((await proposeByModel(ctx, input)).jobId) }),
    regroupProfiles: async (_, { input }, ctx) => ({ job: await ctx.load.matchJob.load((await regroupProfiles(ctx, input)).jobId) }),
    labelMatchPair: async (_, { input }, ctx) => {
      const { sampleId, modelId } = await labelMatchPair(ctx, input)
      return { sample: await ctx.load.matchSample.load(sampleId), model: await ctx.load.matchModel.load(modelId) }
    },
    updateMatchSettings: async (_, { input }, ctx) => {
      await updateMatchSettings(ctx, input)
      return { settings: (await readMatchSettings(ctx)) ?? null }
    },
  },
  MatchModel: {
    __resolveReference: ({ id }, ctx) => ctx.load.matchModel.load(id),
    expectedPrecision: ({ quality }) => quality.precision,
    expectedRecall: ({ quality }) => quality.recall,
    blockingRecall: ({ quality }) => quality.blockingRecall,
    labelledPrecision: async (row, _args, ctx) => estimatesOf(row, (await ctx.load.labelsOf.load(row.id)) ?? [])?.precision ?? null,
    labelledRecall: async (row, _args, ctx) => estimatesOf(row, (await ctx.load.labelsOf.load(row.id)) ?? [])?.recall ?? null,
    labelled: async ({ id }, _args, ctx) => (await ctx.load.labelsOf.load(id))?.length ?? 0,
    fields: ({ id }, _args, ctx) => readModelFields(ctx, id),
    samples: ({ id }, args, ctx) => ctx.load.samplesOf(id, args),
  },
  MatchSample: {
    __resolveReference: ({ id }, ctx) => ctx.load.matchSample.load(id),
    profileA: ({ profileA }, _args, ctx) => ctx.load.profile.load(profileA),
    profileB: ({ profileB }, _args, ctx) => ctx.load.profile.load(profileB),
    comparison: ({ levels }) => shownLevels(levels),
  },
  MatchJob: {
    __resolveReference: ({ id }, ctx) => ctx.load.matchJob.load(id),
    model: ({ modelId }, _args, ctx) => (modelId ? ctx.load.matchModel.load(modelId) : null),
    errorCode: ({ errorCode }) => (errorCode === null ? null : reasonOf(errorCode)),
  },
  MatchSettings: { waiting: (_row, _args, ctx) => countWaitingPairs(ctx) },
} satisfies Resolvers
