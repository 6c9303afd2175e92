import { withTenant } from '@renmai/platform/db/db'
import { desc, eq } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { journeys } from './journey.table.ts'
import { publishJourney } from './publish-journey.ts'

const MAX_JOURNEYS = 1_000

export const journeyResolvers = {
  Query: {
    journeys: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, (tx) =>
        tx.select().from(journeys).where(eq(journeys.tenantId, viewer.tenantId)).orderBy(desc(journeys.id)).limit(MAX_JOURNEYS),
      ),
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
