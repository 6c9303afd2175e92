import { tenantLoader } from '@renmai/platform/db/loader'
import { all, readRow } from '@renmai/platform/db/rows'
import { rowsById, rowsOf } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { asc, sql } from 'drizzle-orm'
import { type Evidence, evidence, reviewCases } from '../customers/customer.table.ts'
import { rulings } from '../graph/ruling.table.ts'

const [MOST_EVIDENCE, MOST_RULINGS] = [50, 100]

export const reviewCaseLoaders = (ctx: BaseContext) => ({
  reviewCase: rowsById(ctx, reviewCases),
  rulingsOfBatch: rowsOf(ctx, {
    table: rulings,
    of: (batchId) => sql`${rulings.batchId} = ${batchId}`,
    order: asc(rulings.id),
    perParent: MOST_RULINGS,
  }),
  /** What the customers of a case share, the heaviest first. */
  evidenceOfCase: tenantLoader<Evidence[]>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ caseId: string }>(
      `SELECT c.id AS "caseId", e.* FROM review_cases c
       JOIN profiles a ON a.tenant_id = $1 AND a.id = c.profile_a JOIN profiles b ON b.tenant_id = $1 AND b.id = c.profile_b
       CROSS JOIN LATERAL (
         SELECT ${all(evidence)} FROM profiles p
         JOIN evidence ON evidence.tenant_id = $1 AND evidence.profile_id = p.id
         JOIN profiles l ON l.tenant_id = $1 AND l.id = evidence.linked_profile_id
         WHERE p.tenant_id = $1 AND (p.customer_id, l.customer_id) IN ((a.customer_id, b.customer_id), (b.customer_id, a.customer_id))
         ORDER BY evidence.weight DESC, evidence.at, evidence.id LIMIT ${MOST_EVIDENCE}) e
       WHERE c.tenant_id = $1 AND c.id = ANY($2)`,
      [tx.tenantId, ids],
    )
    const ofCase = Map.groupBy(rows, ({ caseId }) => caseId)
    return new Map([...ofCase].map(([id, found]) => [id, found.map(({ caseId: _case, ...row }) => readRow(evidence, row))]))
  }),
})
