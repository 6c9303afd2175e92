import { withTenant } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import type { Context } from '../context.ts'

const [USUAL, MOST, COUNTED] = [20, 100, 10_000]

/** A key under which values are set aside. */
export type UnmappedAttributeKeyRow = { key: string; values: number; isEstimate: boolean; lastObservedAt: Date; sources: string[] }

/**
 * Keys under which sources state values that no field accepts, in the order of the alphabet. Each key is one look-up, and no more than
 * ten thousand values of it are read, whatever their number.
 * @throws AppError INVALID for more keys than a page has
 */
export async function listUnmappedKeys(
  { db, viewer }: Context,
  { first, afterKey }: { first?: number | null | undefined; afterKey?: string | null | undefined },
): Promise<UnmappedAttributeKeyRow[]> {
  const limit = first ?? USUAL
  if (limit < 1 || limit > MOST) throw new AppError('INVALID', `first is 1 to ${MOST}`, { first: `1 to ${MOST}` })
  return withTenant(db, viewer.tenantId, async (tx) => {
    const { rows } = await tx.client.query<UnmappedAttributeKeyRow>(
      `WITH RECURSIVE keys AS (
         (SELECT key, 1 AS no FROM unmapped_values WHERE tenant_id = $1 AND ($2::text IS NULL OR key > $2) ORDER BY key LIMIT 1)
         UNION ALL SELECT n.key, k.no + 1 FROM keys k CROSS JOIN LATERAL (
           SELECT key FROM unmapped_values u WHERE u.tenant_id = $1 AND u.key > k.key ORDER BY u.key LIMIT 1) n WHERE k.no < $3
       ) SELECT k.key, least(v.n, ${COUNTED}) AS values, v.n > ${COUNTED} AS "isEstimate", v.last AS "lastObservedAt", v.sources
       FROM keys k CROSS JOIN LATERAL (
         SELECT count(*)::int AS n, max(observed_at) AS last, (array_agg(DISTINCT source))[1:20] AS sources FROM (
           SELECT observed_at, source FROM unmapped_values u WHERE u.tenant_id = $1 AND u.key = k.key LIMIT ${COUNTED + 1}) counted) v
       ORDER BY k.key`,
      [tx.tenantId, afterKey ?? null, limit],
    )
    return rows
  })
}
