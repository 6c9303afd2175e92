import { withTenant } from '@renmai/platform/db/db'
import { and, asc, eq } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { definePurpose } from './define-purpose.ts'
import { MAX_PURPOSES } from './purpose.rules.ts'
import { notices, purposes } from './purpose.table.ts'

export const purposeResolvers = {
  Query: {
    purposes: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, async (tx) => {
        const current = and(
          eq(notices.tenantId, purposes.tenantId),
          eq(notices.purpose, purposes.key),
          eq(notices.version, purposes.noticeVersion),
        )
        const rows = await tx
          .select()
          .from(purposes)
          .innerJoin(notices, current)
          .where(eq(purposes.tenantId, viewer.tenantId))
          .orderBy(asc(purposes.key))
          .limit(MAX_PURPOSES)
        return rows.map((row) => ({ ...row.purposes, noticeHash: row.notices.hash, noticeText: row.notices.text }))
      }),
  },
  Mutation: { definePurpose: async (_, { input }, ctx) => ({ purpose: await definePurpose(ctx, input) }) },
} satisfies Resolvers
