import { open } from '@renmai/platform/secrets/crypto'
import { live } from '@renmai/platform/serve/resolvers'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import type { MessageChannel, Resolvers } from '../gen/resolvers.ts'
import type { ReceivedMessageRow } from './contact.table.ts'
import { inboundPlace } from './record-message.ts'

const TEXT = 'text'

export const receivedMessageResolvers = {
  Subscription: {
    messageReceived: live(async ({ messageId }, _args, { load }: Context) => load.receivedMessage.load(messageId!)),
  },
  ReceivedMessage: {
    __resolveReference: ({ id }, { load }) => load.receivedMessage.load(id),
    channel: async ({ accountId }, _args, { load }) => {
      const account = await load.channelAccount.load(accountId)
      return (account && connectors[account.kind].sender?.channel) as MessageChannel | undefined
    },
    contentType: ({ type }: ReceivedMessageRow) => type,
    text: ({ id, type, body }, _args, { keyRing, viewer }) =>
      type === TEXT ? open(keyRing, viewer.tenantId, inboundPlace(id), body) : null,
    customer: async ({ profileId }, _args, { load }) => {
      const id = (await load.customerOf.load(profileId))?.customerId
      return id ? { id } : null
    },
  },
} satisfies Resolvers
