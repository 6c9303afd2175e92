import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { listMessages } from './message.queries.ts'

const NEWEST = { field: 'CREATED_AT', direction: 'DESC' } as const

export const messageResolvers = {
  Query: {
    message: (_, { id }, { load }) => (isId(id) ? load.message.load(id) : null),
    messages: (_, args, ctx) => readPage(ctx, args, listMessages(args)),
  },
  Message: {
    __resolveReference: ({ id }, { load }) => load.message.load(id),
    customer: async ({ profileId }, _args, { load }) => {
      const id = (await load.customerOf.load(profileId))?.customerId
      return id ? { id } : null
    },
  },
  Customer: { messages: ({ id }, args, { load }) => load.messagesOf(id, { ...args, orderBy: args.orderBy ?? NEWEST }) },
} satisfies Resolvers
