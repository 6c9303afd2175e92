import { withTenant } from '@renmai/platform/db/db'
import { eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { type MatchSettings, matchSettings } from '../match-records/match-record.table.ts'

/** How the tenant matches; undefined before the first training. */
export const readMatchSettings = (ctx: Context): Promise<MatchSettings | undefined> =>
  withTenant(ctx.db, ctx.viewer.tenantId, async (tx) => {
    const [found] = await tx.select().from(matchSettings).where(eq(matchSettings.tenantId, tx.tenantId))
    return found
  })

const MOST = 10_000

/** Pairs of customers that wait for a case, at most 10,000: nobody has decided about them, and so many cases are open. */
export const countWaitingPairs = (ctx: Context): Promise<number> =>
  withTenant(ctx.db, ctx.viewer.tenantId, async (tx) => {
    const { rows } = await tx.client.query<{ count: number }>(
      `SELECT count(DISTINCT (w.a, w.b))::int AS count FROM (
         SELECT least(a.customer_id, b.customer_id) AS a, greatest(a.customer_id, b.customer_id) AS b FROM match_pairs m
         JOIN profiles a ON a.tenant_id = $1 AND a.id = m.profile_a JOIN profiles b ON b.tenant_id = $1 AND b.id = m.profile_b
         WHERE m.tenant_id = $1 AND a.customer_id <> b.customer_id
           AND NOT EXISTS (SELECT 1 FROM review_cases c WHERE c.tenant_id = $1
             AND (c.customer_a, c.customer_b) IN ((a.customer_id, b.customer_id), (b.customer_id, a.customer_id)))
           AND NOT EXISTS (SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'CANNOT_LINK'
             AND ((r.side_a @> ARRAY[m.profile_a] AND r.side_b @> ARRAY[m.profile_b]) OR (r.side_a @> ARRAY[m.profile_b] AND r.side_b @> ARRAY[m.profile_a])))
         LIMIT ${MOST}) w`,
      [tx.tenantId],
    )
    return rows[0]!.count
  })
