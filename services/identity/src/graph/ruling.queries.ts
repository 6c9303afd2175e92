import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { type GraphRuling, MODEL } from './graph.rules.ts'

/** A ruling that holds, as it is stored. */
export type HoldingRuling = GraphRuling & { readonly kind: string; readonly identifierId: string | null }

/** The links, cannot-links and retractions that hold for some profiles. */
export async function readRulings(tx: Tx, ids: readonly string[]): Promise<HoldingRuling[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.client.query<HoldingRuling>(
    prepared(
      `SELECT id, kind, side_a AS "sideA", side_b AS "sideB", identifier_id AS "identifierId", decided_at AS "decidedAt",
       starts_with(decided_by, '${MODEL}') AS "isByModel" FROM rulings
     WHERE tenant_id = $1 AND holds AND kind IN ('LINK', 'CANNOT_LINK', 'RETRACTION') AND (side_a && $2 OR side_b && $2)`,
      [tx.tenantId, encodeArray('uuid', ids)],
    ),
  )
  return rows
}

/** Of some identifiers those that a person has blocked. */
export async function readBlocked(tx: Tx, identifierIds: readonly string[]): Promise<string[]> {
  if (identifierIds.length === 0) return []
  const { rows } = await tx.client.query<{ id: string }>(
    prepared(
      `SELECT b.id FROM unnest($2::uuid[]) AS b (id) WHERE EXISTS (
       SELECT 1 FROM rulings WHERE tenant_id = $1 AND holds AND kind = 'BLOCK' AND identifier_id = b.id OFFSET 0)`,
      [tx.tenantId, encodeArray('uuid', identifierIds)],
    ),
  )
  return rows.map(({ id }) => id)
}
