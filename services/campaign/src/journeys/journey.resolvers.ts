import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { listJourneys } from './journey.queries.ts'
import { outcomeOf } from './journey.rules.ts'
import { showNode } from './nodes.ts'
import { publishJourney } from './publish-journey.ts'
import { showTrigger } from './triggers.ts'

export const journeyResolvers = {
  Query: {
    journeys: (_, args, ctx) => readPage(ctx, args, listJourneys(args)),
    journey: (_, { id }, { load }) => (isId(id) ? load.journey.load(id) : null),
  },
  Mutation: {
    publishJourney: async (_, { input }, ctx) => ({ journey: await ctx.load.journey.load((await publishJourney(ctx, input)).id) }),
  },
  Journey: {
    __resolveReference: ({ id }, { load }) => load.journey.load(id),
    trigger: ({ trigger, segmentId }) => showTrigger(trigger, segmentId),
    nodes: async ({ nodes }, _args, { load, viewer }) => {
      const currency = (await load.currency.load(viewer.tenantId))!
      return nodes.map((node) => showNode(node, currency))
    },
    counts: async ({ id }, _args, { load }) => (await load.journeyCounts.load(id)) ?? [],
  },
  SegmentEnteredTrigger: { segment: ({ segmentId }, _args, { load }) => load.segment.load(segmentId) },
  SendNode: {
    messageTemplate: ({ messageTemplateId }, _args, { load }) => load.messageTemplate.load(messageTemplateId),
    couponTemplate: ({ couponTemplateId }, _args, { load }) => (couponTemplateId ? load.couponTemplate.load(couponTemplateId) : null),
  },
  JourneyEntry: {
    __resolveReference: ({ id }, { load }) => load.journeyEntry.load(id),
    journey: (entry, _args, { load }) => load.journey.load(entry.journeyId),
    isEnded: (entry) => entry.dueAt === null,
    outcome: ({ outcome }) => outcomeOf(outcome).outcome,
    missingVariable: ({ outcome }) => outcomeOf(outcome).missingVariable,
  },
  Customer: { journeyEntries: ({ id }, args, { load }) => load.entriesOf(id, args) },
} satisfies Resolvers
