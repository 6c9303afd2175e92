import type { Tx } from '@renmai/platform/db/db'

/** Of some profiles those that share an identifier with another one. For the others nothing can change. */
export async function sharingProfiles(tx: Tx, profileIds: readonly string[]): Promise<string[]> {
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT DISTINCT mine.profile_id AS id FROM identifiers mine
     WHERE mine.tenant_id = $1 AND mine.profile_id = ANY($2) AND coalesce(mine.tier, 1) < 3 AND EXISTS (
       SELECT 1 FROM identifiers other WHERE other.tenant_id = $1 AND other.namespace = mine.namespace
         AND other.value_index = mine.value_index AND other.profile_id <> mine.profile_id)`,
    [tx.tenantId, profileIds],
  )
  return rows.map(({ id }) => id)
}
