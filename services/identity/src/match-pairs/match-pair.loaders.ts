import { tenantLoader } from '@renmai/platform/db/loader'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { FieldLevel } from '../matching/compare-records.rules.ts'

/** The comparison vectors of review cases, by the ids of the cases. */
export const matchPairLoaders = (ctx: BaseContext) => ({
  levelsOfCase: tenantLoader<FieldLevel[]>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ id: string; levels: FieldLevel[] }>(
      `SELECT c.id, m.levels FROM review_cases c JOIN match_pairs m ON m.tenant_id = $1 AND m.profile_a = c.profile_a AND m.profile_b = c.profile_b
       WHERE c.tenant_id = $1 AND c.id = ANY($2) AND c.reason = 'PROBABLE_MATCH'`,
      [tx.tenantId, ids],
    )
    return new Map(rows.map(({ id, levels }) => [id, levels]))
  }),
})
