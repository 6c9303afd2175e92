import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { shownLevels } from '../matching/sentences.rules.ts'
import { assignReviewCase } from './assign-review-case.ts'
import { decideReviewCase } from './decide-review-case.ts'
import { decideReviewCases } from './decide-review-cases.ts'
import { listReviewCases } from './list-review-cases.ts'
import { previewReviewDecisions } from './preview-review-decisions.ts'

export const reviewCaseResolvers = {
  Query: {
    reviewCase: (_, { id }, ctx) => (isId(id) ? ctx.load.reviewCase.load(id) : null),
    reviewCases: (_, args, ctx) => listReviewCases(ctx, args),
    previewReviewDecisions: (_, args, ctx) => previewReviewDecisions(ctx, args),
  },
  Mutation: {
    assignReviewCase: async (_, { input }, ctx) => ({
      reviewCase: await ctx.load.reviewCase.load((await assignReviewCase(ctx, input)).id),
    }),
    decideReviewCase: async (_, { input }, ctx) => {
      const { caseId, batchId } = await decideReviewCase(ctx, input)
      return { reviewCase: await ctx.load.reviewCase.load(caseId), batchId, rulings: (await ctx.load.rulingsOfBatch.load(batchId)) ?? [] }
    },
    decideReviewCases: (_, { input }, ctx) => decideReviewCases(ctx, input),
  },
  ReviewCase: {
    __resolveReference: ({ id }, ctx) => ctx.load.reviewCase.load(id),
    customerA: (row, _args, ctx) => ctx.load.customer.load(row.customerA),
    customerB: (row, _args, ctx) => ctx.load.customer.load(row.customerB),
    profileA: (row, _args, ctx) => (row.profileA ? ctx.load.profile.load(row.profileA) : null),
    profileB: (row, _args, ctx) => (row.profileB ? ctx.load.profile.load(row.profileB) : null),
    comparison: async ({ id }, _args, ctx) => shownLevels((await ctx.load.levelsOfCase.load(id)) ?? []),
    evidence: async ({ id }, _args, ctx) => (await ctx.load.evidenceOfCase.load(id)) ?? [],
  },
} satisfies Resolvers
