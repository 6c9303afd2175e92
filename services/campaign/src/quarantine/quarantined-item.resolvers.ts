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

export type CampaignQuarantinedItemRow = QuarantinedItem
export type CampaignQuarantineReplayRow = QuarantineReplay

const kinds = allKinds('campaign', { handlers, queues, quarantine })

export const quarantinedItemResolvers = {
  Query: {
    campaignQuarantinedItem: (_, { id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : null),
    campaignQuarantinedItems: (_, args, ctx) => listQuarantined(ctx, args),
    campaignQuarantineSummary: (_, _args, ctx) => countQuarantined(ctx),
    campaignQuarantineReplay: (_, { id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : null),
  },
  Mutation: {
    correctCampaignQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId } = await correctItem(ctx, kinds, 'correctCampaignQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId) }
    },
    replayCampaignQuarantinedItems: async (_, { input }, ctx) => {
      const { replayId } = await replayItems(ctx, kinds, 'replayCampaignQuarantinedItems', input)
      return { replay: await ctx.load.quarantineReplay.load(replayId) }
    },
    discardCampaignQuarantinedItems: (_, { input }, ctx) => discardItems(ctx, 'discardCampaignQuarantinedItems', input),
    revealCampaignQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId, original } = await revealItem(ctx, kinds, 'revealCampaignQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId), original }
    },
  },
  CampaignQuarantinedItem: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : undefined),
    ...itemFields(kinds),
  },
  CampaignQuarantineReplay: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : undefined),
    ...replayFields,
  },
} satisfies Resolvers
