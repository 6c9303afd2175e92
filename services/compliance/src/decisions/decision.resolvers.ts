import { withTenant } from '@renmai/platform/db/db'
import { readPage } from '@renmai/platform/db/read-page'
import { moment } from '@renmai/platform/serve/moments'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Resolvers } from '../gen/resolvers.ts'
import { decisions } from './decision.table.ts'

const Since = z.object({ since: moment })

export const decisionResolvers = {
  Query: {
    decisions: (_, { isAllowed, ...args }, ctx) =>
      readPage(ctx, args, { table: decisions, by: decisions.id, order: 'desc', given: { isAllowed } }),
    decisionCounts: (_, args, { db, viewer }) => {
      const { since } = parse(Since, args)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const { rows } = await tx.client.query(
          'SELECT count(*) FILTER (WHERE is_allowed) AS allowed, count(*) FILTER (WHERE NOT is_allowed) AS denied FROM decisions WHERE tenant_id = $1 AND at >= $2',
          [viewer.tenantId, since],
        )
        return rows[0]
      })
    },
  },
  Customer: { sendDecisions: async ({ id }, _args, { load }) => (await load.decisions.load(id)) ?? [] },
} satisfies Resolvers
