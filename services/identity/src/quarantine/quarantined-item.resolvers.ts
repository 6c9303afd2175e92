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

export type IdentityQuarantinedItemRow = QuarantinedItem
export type IdentityQuarantineReplayRow = QuarantineReplay

const kinds = allKinds('identity', { handlers, queues: [], quarantine })

export const quarantinedItemResolvers = {
  Query: {
    identityQuarantinedItem: (_, { id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : null),
    identityQuarantinedItems: (_, args, ctx) => listQuarantined(ctx, args),
    identityQuarantineSummary: (_, _args, ctx) => countQuarantined(ctx),
    identityQuarantineReplay: (_, { id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : null),
  },
  Mutation: {
    correctIdentityQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId } = await correctItem(ctx, kinds, 'correctIdentityQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId) }
    },
    replayIdentityQuarantinedItems: async (_, { input }, ctx) => {
      const { replayId } = await replayItems(ctx, kinds, 'replayIdentityQuarantinedItems', input)
      return { replay: await ctx.load.quarantineReplay.load(replayId) }
    },
    discardIdentityQuarantinedItems: (_, { input }, ctx) => discardItems(ctx, 'discardIdentityQuarantinedItems', input),
    revealIdentityQuarantinedItem: async (_, { input }, ctx) => {
      const { itemId, original } = await revealItem(ctx, kinds, 'revealIdentityQuarantinedItem', input)
      return { item: await ctx.load.quarantinedItem.load(itemId), original }
    },
  },
  IdentityQuarantinedItem: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantinedItem.load(id) : undefined),
    ...itemFields(kinds),
  },
  IdentityQuarantineReplay: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.quarantineReplay.load(id) : undefined),
    ...replayFields,
  },
} satisfies Resolvers
