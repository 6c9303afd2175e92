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

export type ComplianceQuarantinedItemRow = QuarantinedItem
export type ComplianceQuarantineReplayRow = QuarantineReplay

const kinds = allKinds('compliance', { handlers, queues })

export const quarantinedItemResolvers = {
  Query: {
    complianceQuarantinedItem: (_, { id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : null),
    complianceQuarantinedItems: (_, args, ctx) => listQuarantined(ctx, args),
    complianceQuarantineSummary: (_, _args, ctx) => countQuarantined(ctx),
    complianceQuarantineReplay: (_, { id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : null),
  },
  Mutation: {
    correctComplianceQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId } = await correctItem(ctx, kinds, 'correctComplianceQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId) }
    },
    replayComplianceQuarantinedItems: async (_, { input }, ctx) => {
      const { replayId } = await replayItems(ctx, kinds, 'replayComplianceQuarantinedItems', input)
      return { replay: await ctx.load.quarantineReplay.load(replayId) }
    },
    discardComplianceQuarantinedItems: (_, { input }, ctx) => discardItems(ctx, 'discardComplianceQuarantinedItems', input),
    revealComplianceQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId, original } = await revealItem(ctx, kinds, 'revealComplianceQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId), original }
    },
  },
  ComplianceQuarantinedItem: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : undefined),
    ...itemFields(kinds),
  },
  ComplianceQuarantineReplay: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : undefined),
    ...replayFields,
  },
} satisfies Resolvers
