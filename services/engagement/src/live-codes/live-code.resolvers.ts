import { withTenant } from '@renmai/platform/db'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { createLiveCode } from './create-live-code.ts'
import { type LiveCode, liveCodes } from './live-code.table.ts'

const MAX_ITEMS = 100

export const liveCodeResolvers: Resolvers = {
  Query: {
    liveCodes: (_, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const after = page.after ? gt(liveCodes.id, page.after[0]!) : undefined
        const rows = await tx
          .select()
          .from(liveCodes)
          .where(and(eq(liveCodes.tenantId, viewer.tenantId), after))
          .orderBy(asc(liveCodes.id))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row: LiveCode) => [row.id])
      })
    },
  },
  Mutation: { createLiveCode: async (_, { input }, ctx) => ({ liveCode: await createLiveCode(ctx, input) }) },
  LiveCode: {
    __resolveReference: ({ id }, { load }) => load.liveCode.load(id),
    stats: async ({ id }, _args, { load }) => (await load.liveCodeStats.load(id)) ?? { added: 0, lost: 0, welcomed: 0, missed: 0 },
  },
  Contact: { liveCode: ({ liveCodeId }, _args, { load }) => (liveCodeId ? load.liveCode.load(liveCodeId) : null) },
  Customer: { contacts: async ({ id }, _args, { load }) => ((await load.contacts.load(id)) ?? []).slice(0, MAX_ITEMS) },
}
