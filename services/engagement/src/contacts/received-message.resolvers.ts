import { withTenant } from '@renmai/platform/db/db'
import { open } from '@renmai/platform/secrets/crypto'
import { live } from '@renmai/platform/serve/resolvers'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { findReceivedMessage } from './contact.queries.ts'
import type { ReceivedMessageRow } from './contact.table.ts'
import { inboundPlace } from './record-message.ts'

const TEXT = 'text'

export const receivedMessageResolvers = {
  Subscription: {
    messageReceived: live(async ({ messageId, channel }, _args, { db, viewer }: Context): Promise<ReceivedMessageRow | null> => {
      const found = await withTenant(db, viewer.tenantId, (tx) => findReceivedMessage(tx, messageId!))
      return found ? { ...found, channel: channel! } : null
    }),
  },
  ReceivedMessage: {
    text: ({ id, type, body }, _args, { keyRing, viewer }) =>
      type === TEXT ? open(keyRing, viewer.tenantId, inboundPlace(id), body) : null,
  },
} satisfies Resolvers
