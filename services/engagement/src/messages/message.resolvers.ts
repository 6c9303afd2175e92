import { withTenant } from '@renmai/platform/db'
import { isId } from '@renmai/platform/ids'
import { and, desc, eq, lt } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { type Message, messages } from './message.table.ts'

const MAX_ITEMS = 100

export const messageResolvers: Resolvers = {
  Query: {
    message: (_, { id }, { load }) => (isId(id) ? load.message.load(id) : null),
    messages: (_, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const journey = args.journeyId ? eq(messages.journeyId, args.journeyId) : undefined
        const state = args.state ? eq(messages.state, args.state) : undefined
        const after = page.after ? lt(messages.id, page.after[0]!) : undefined
        const rows = await tx
          .select()
          .from(messages)
          .where(and(eq(messages.tenantId, viewer.tenantId), journey, state, after))
          .orderBy(desc(messages.id))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row: Message) => [row.id])
      })
    },
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
      const id = await load.customerOf.load(profileId)
      return id ? { id } : null
    },
  },
  Customer: { messages: async ({ id }, _args, { load }) => ((await load.messages.load(id)) ?? []).slice(0, MAX_ITEMS) },
}
