import { withTenant } from '@renmai/platform/db/db'
import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { messages } from './message.table.ts'

export const messageResolvers = {
  Query: {
    message: (_, { id }, { load }) => (isId(id) ? load.message.load(id) : null),
    messages: (_, { journeyId, state, ...args }, ctx) =>
      readPage(ctx, args, { table: messages, by: messages.id, order: 'desc', given: { journeyId: journeyId || undefined, state } }),
    messageCounts: (_, { journeyId }, { db, viewer }) =>
      withTenant(db, viewer.tenantId, async (tx) => {
        const { rows } = await tx.client.query(
          `SELECT channel, state, count(*) AS count FROM messages WHERE tenant_id = $1 AND ($2::uuid IS NULL OR journey_id = $2) GROUP BY channel, state ORDER BY channel, state`,
          [viewer.tenantId, journeyId ?? null],
        )
        return rows
      }),
  },
  Message: {
    __resolveReference: ({ id }, { load }) => load.message.load(id),
    customer: async ({ profileId }, _args, { load }) => {
      const id = (await load.customerOf.load(profileId))?.customerId
      return id ? { id } : null
    },
  },
  Customer: { messages: async ({ id }, _args, { load }) => (await load.messages.load(id)) ?? [] },
} satisfies Resolvers
