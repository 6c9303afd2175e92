import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { MODEL } from '../graph/graph.rules.ts'
import { DEVICES } from './identifier.rules.ts'

/**
 * Of some profiles those that share an identifier with another one, and those of customers that a model joined, which a new identifier
 * can show to be two people. For the others nothing can change.
 */
export async function sharingProfiles(tx: Tx, profileIds: readonly string[]): Promise<string[]> {
  if (profileIds.length === 0) return []
  const { rows } = await tx.client.query<{ id: string }>(
    prepared(
      `SELECT s.id FROM unnest($2::uuid[]) AS s (id) WHERE EXISTS (
       SELECT 1 FROM identifiers mine JOIN identifiers other ON other.tenant_id = $1 AND other.namespace = mine.namespace
         AND other.value_index = mine.value_index AND other.profile_id <> mine.profile_id
       WHERE mine.tenant_id = $1 AND mine.profile_id = s.id AND (coalesce(mine.tier, 1) < 3 OR mine.namespace = ANY($3)) OFFSET 0)
     UNION SELECT p.id FROM profiles p CROSS JOIN LATERAL (SELECT ARRAY(
       SELECT s.id FROM profiles s WHERE s.tenant_id = $1 AND s.customer_id = p.customer_id) AS ids) own
     WHERE p.tenant_id = $1 AND p.id = ANY($2) AND cardinality(own.ids) > 1 AND EXISTS (
       SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'LINK' AND starts_with(r.decided_by, '${MODEL}')
         AND r.side_a && own.ids AND r.side_b && own.ids)`,
      [tx.tenantId, profileIds, DEVICES],
    ),
  )
  return rows.map(({ id }) => id)
}
