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
import { quarantine } from '../quarantine.ts'
import { queues } from '../queues.ts'

export type EngagementQuarantinedItemRow = QuarantinedItem
export type EngagementQuarantineReplayRow = QuarantineReplay

const kinds = allKinds('engagement', { handlers, queues, quarantine })

export const quarantinedItemResolvers = {
  Query: {
    engagementQuarantinedItem: (_, { id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : null),
    engagementQuarantinedItems: (_, args, ctx) => listQuarantined(ctx, args),
    engagementQuarantineSummary: (_, _args, ctx) => countQuarantined(ctx),
    engagementQuarantineReplay: (_, { id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : null),
  },
  Mutation: {
    correctEngagementQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId } = await correctItem(ctx, kinds, 'correctEngagementQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId) }
    },
    replayEngagementQuarantinedItems: async (_, { input }, ctx) => {
      const { replayId } = await replayItems(ctx, kinds, 'replayEngagementQuarantinedItems', input)
      return { replay: await ctx.load.quarantineReplay.load(replayId) }
    },
    discardEngagementQuarantinedItems: (_, { input }, ctx) => discardItems(ctx, 'discardEngagementQuarantinedItems', input),
    revealEngagementQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId, original } = await revealItem(ctx, kinds, 'revealEngagementQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId), original }
    },
  },
  EngagementQuarantinedItem: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : undefined),
    ...itemFields(kinds),
  },
  EngagementQuarantineReplay: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : undefined),
    ...replayFields,
  },
} satisfies Resolvers
