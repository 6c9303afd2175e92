import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { listMessages } from './message.queries.ts'

const NEWEST = { field: 'CREATED_AT', direction: 'DESC' } as const

/** An object that another service answers. */
const reference = (id: string | null) => (id ? { id } : null)

export const messageResolvers = {
  Query: {
    message: (_, { id }, { load }) => (isId(id) ? load.message.load(id) : null),
    messages: (_, args, ctx) => readPage(ctx, args, listMessages(args)),
  },
  Message: {
    __resolveReference: ({ id }, { load }) => load.message.load(id),
    sendDecision: ({ decisionId }) => reference(decisionId),
    messageTemplate: ({ templateId }) => reference(templateId),
    messageTemplateVersion: ({ templateVersion }) => templateVersion,
    journey: ({ journeyId }) => reference(journeyId),
    customer: async ({ profileId }, _args, { load }) => {
      const id = (await load.customerOf.load(profileId))?.customerId
      return id ? { id } : null
    },
  },
  MessageTemplate: { __resolveReference: ({ id }) => ({ id }) },
  Customer: { messages: ({ id }, args, { load }) => load.messagesOf(id, { ...args, orderBy: args.orderBy ?? NEWEST }) },
} satisfies Resolvers
