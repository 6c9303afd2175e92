import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import type { GraphEdge } from './graph.rules.ts'

/**
 * Of the holders of identifiers that are of too many those with evidence that such an identifier does not join them. It was stored
 * before there were too many, and what is of too many is evidence of nothing: they are grouped again, so that no case stays open.
 */
export async function refusedBefore(tx: Tx, holders: readonly GraphEdge[]): Promise<string[]> {
  if (holders.length === 0) return []
  const column = (type: 'uuid' | 'text', of: (holder: GraphEdge) => string) => encodeArray(type, holders.map(of))
  const { rows } = await tx.client.query<{ id: string }>(
    prepared(
      `SELECT DISTINCT c.id FROM unnest($2::uuid[], $3::text[]) AS c (id, namespace) WHERE EXISTS (
       SELECT 1 FROM evidence WHERE tenant_id = $1 AND profile_id = c.id AND namespace = c.namespace AND state = 'REFUSED' OFFSET 0)`,
      [tx.tenantId, column('uuid', ({ profileId }) => profileId), column('text', ({ namespace }) => namespace)],
    ),
  )
  return rows.map(({ id }) => id)
}
