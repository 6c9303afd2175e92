import { correctItem } from '@renmai/platform/quarantine/correct-item'
import { discardItems } from '@renmai/platform/quarantine/discard-items'
import { itemFields } from '@renmai/platform/quarantine/item-fields'
import { countQuarantined, listQuarantined } from '@renmai/platform/quarantine/list-quarantined'
import { allKinds } from '@renmai/platform/quarantine/quarantine'
import type { QuarantinedItem, QuarantineReplay } from '@renmai/platform/quarantine/quarantine.table'
import { replayFields } from '@renmai/platform/quarantine/replay-fields'
import { replayItems } from '@renmai/platform/quarantine/replay-items'
import { revealItem } from '@renmai/platform/quarantine/reveal-item'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { handlers } from '../handlers.ts'
import { queues } from '../queues.ts'

export type AnalyticsQuarantinedItemRow = QuarantinedItem
export type AnalyticsQuarantineReplayRow = QuarantineReplay

const kinds = allKinds('analytics', { handlers, queues })

export const quarantinedItemResolvers = {
  Query: {
    analyticsQuarantinedItem: (_, { id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : null),
    analyticsQuarantinedItems: (_, args, ctx) => listQuarantined(ctx, args),
    analyticsQuarantineSummary: (_, _args, ctx) => countQuarantined(ctx),
    analyticsQuarantineReplay: (_, { id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : null),
  },
  Mutation: {
    correctAnalyticsQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId } = await correctItem(ctx, kinds, 'correctAnalyticsQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId) }
    },
    replayAnalyticsQuarantinedItems: async (_, { input }, ctx) => {
      const { replayId } = await replayItems(ctx, kinds, 'replayAnalyticsQuarantinedItems', input)
      return { replay: await ctx.load.quarantineReplay.load(replayId) }
    },
    discardAnalyticsQuarantinedItems: (_, { input }, ctx) => discardItems(ctx, 'discardAnalyticsQuarantinedItems', input),
    revealAnalyticsQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId, original } = await revealItem(ctx, kinds, 'revealAnalyticsQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId), original }
    },
  },
  AnalyticsQuarantinedItem: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : undefined),
    ...itemFields(kinds),
  },
  AnalyticsQuarantineReplay: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : undefined),
    ...replayFields,
  },
} satisfies Resolvers
