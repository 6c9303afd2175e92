import type { Resolvers } from '../gen/resolvers.ts'
import { explainMatch } from './explain-match.ts'

export const matchExplanationResolvers = {
  Query: { explainMatch: (_, args, ctx) => explainMatch(ctx, args) },
  MatchExplanation: {
    profileA: ({ profileIdA }, _args, ctx) => ctx.load.profile.load(profileIdA),
    profileB: ({ profileIdB }, _args, ctx) => ctx.load.profile.load(profileIdB),
  },
  MatchReason: { ruling: ({ rulingId }, _args, ctx) => (rulingId ? ctx.load.ruling.load(rulingId) : null) },
} satisfies Resolvers
