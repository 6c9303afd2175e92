import type { Tx } from '@renmai/platform/db/db'

/** The profiles that identity has resolved, by a claim's key in hexadecimal. */
export async function readProfileKeys(tx: Tx, keys: Buffer[]): Promise<Map<string, string>> {
  const { rows } = await tx.client.query<{ key: string; profile_id: string }>(
    `SELECT encode(identity_key, 'hex') AS key, profile_id FROM profile_keys WHERE tenant_id = $1 AND identity_key = ANY($2)`,
    [tx.tenantId, keys],
  )
  return new Map(rows.map((row) => [row.key, row.profile_id]))
}
