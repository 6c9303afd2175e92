import type { Tx } from '@renmai/platform/db/db'

/** Of some profiles those that share an identifier with another one. For the others nothing can change. */
export async function sharingProfiles(tx: Tx, profileIds: readonly string[]): Promise<string[]> {
  if (profileIds.length === 0) return []
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT s.id FROM unnest($2::uuid[]) AS s (id) WHERE EXISTS (
       SELECT 1 FROM identifiers mine JOIN identifiers other ON other.tenant_id = $1 AND other.namespace = mine.namespace
         AND other.value_index = mine.value_index AND other.profile_id <> mine.profile_id
       WHERE mine.tenant_id = $1 AND mine.profile_id = s.id AND coalesce(mine.tier, 1) < 3 OFFSET 0)`,
    [tx.tenantId, profileIds],
  )
  return rows.map(({ id }) => id)
}
