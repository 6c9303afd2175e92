import { readFirst } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { journeys } from './journey.table.ts'
import { publishJourney } from './publish-journey.ts'

const MAX_JOURNEYS = 1_000

export const journeyResolvers = {
  Query: {
    journeys: (_, _args, ctx) => readFirst(ctx, MAX_JOURNEYS, { table: journeys, by: journeys.id, order: 'desc' }),
  },
  Mutation: {
    publishJourney: async (_, { input }, ctx) => ({ journey: await ctx.load.journey.load((await publishJourney(ctx, input)).id) }),
  },
  Journey: {
    __resolveReference: ({ id }, { load }) => load.journey.load(id),
    trigger: ({ trigger }) => trigger.type,
    segment: ({ segmentId }, _args, { load }) => (segmentId ? load.segment.load(segmentId) : null),
    counts: async ({ id }, _args, { load }) => (await load.journeyCounts.load(id)) ?? [],
  },
  JourneyEntry: {
    journey: (entry, _args, { load }) => load.journey.load(entry.journeyId),
    isEnded: (entry) => entry.dueAt === null,
  },
  Customer: { journeyEntries: async ({ id }, _args, { load }) => (await load.entriesOf.load(id)) ?? [] },
} satisfies Resolvers
