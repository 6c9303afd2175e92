import { withTenant } from '@renmai/platform/db/db'
import { open } from '@renmai/platform/secrets/crypto'
import { live } from '@renmai/platform/serve/resolvers'
import { and, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { profileCustomers } from '../profiles/profile-customer.table.ts'
import { inboundMessages, type ReceivedMessageRow } from './contact.table.ts'
import { inboundPlace } from './record-message.ts'

const TEXT = 'text'

export const receivedMessageResolvers = {
  Subscription: {
    messageReceived: live(
      ({ messageId, channel }, _args, { db, viewer }: Context): Promise<ReceivedMessageRow | null> =>
        withTenant(db, viewer.tenantId, async (tx) => {
          const [row] = await tx
            .select({ message: inboundMessages, customerId: profileCustomers.customerId })
            .from(inboundMessages)
            .leftJoin(
              profileCustomers,
              and(eq(profileCustomers.tenantId, inboundMessages.tenantId), eq(profileCustomers.profileId, inboundMessages.profileId)),
            )
            .where(and(eq(inboundMessages.tenantId, tx.tenantId), eq(inboundMessages.id, messageId!)))
          return row ? { ...row.message, channel: channel!, customer: row.customerId ? { id: row.customerId } : null } : null
        }),
    ),
  },
  ReceivedMessage: {
    text: ({ id, type, body }, _args, { keyRing, viewer }) =>
      type === TEXT ? open(keyRing, viewer.tenantId, inboundPlace(id), body) : null,
  },
} satisfies Resolvers
