import { withTenant } from '@renmai/platform/db'
import { and, desc, eq, lt } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { type Decision, decisions } from './decision.table.ts'

export const decisionResolvers: Resolvers = {
  Query: {
    decisions: (_, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const outcome = args.isAllowed === undefined || args.isAllowed === null ? undefined : eq(decisions.isAllowed, args.isAllowed)
        const after = page.after ? lt(decisions.id, page.after[0]!) : undefined
        const rows = await tx
          .select()
          .from(decisions)
          .where(and(eq(decisions.tenantId, viewer.tenantId), outcome, after))
          .orderBy(desc(decisions.id))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row: Decision) => [row.id])
      })
    },
    decisionCounts: (_, { since }, { db, viewer }) =>
      withTenant(db, viewer.tenantId, async (tx) => {
        const { rows } = await tx.client.query(
          'SELECT count(*) FILTER (WHERE is_allowed) AS allowed, count(*) FILTER (WHERE NOT is_allowed) AS denied FROM decisions WHERE tenant_id = $1 AND at >= $2',
          [viewer.tenantId, since],
        )
        return rows[0]
      }),
  },
}
