import type { Tx } from '@renmai/platform/db/db'
import { blindIndex, type KeyRing, open, seal } from '@renmai/platform/secrets/crypto'
import { blockingKeys } from '../matching/blocking-keys.rules.ts'

const placeOf = (profileId: string) => `match_records.sealed|${profileId}`

const KEY_BYTES = 16

/**
 * Stores what is compared of profiles, and the keys by which others find them. Of a profile that another attempt holds nothing is
 * stored.
 */
export async function storeRecords(
  tx: Tx,
  ring: KeyRing,
  attemptId: string,
  records: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const rows = [...records].map(([id, record]) => ({ id, sealed: seal(ring, tx.tenantId, placeOf(id), JSON.stringify(record)) }))
  const stored = await tx.client.query<{ id: string }>(
    `UPDATE match_records m SET sealed = r.sealed FROM unnest($2::uuid[], $3::bytea[]) AS r (id, sealed)
     WHERE m.tenant_id = $1 AND m.id = r.id AND m.attempt_id = $4 RETURNING m.id`,
    [tx.tenantId, rows.map(({ id }) => id), rows.map(({ sealed }) => sealed), attemptId],
  )
  await storeKeys(
    tx,
    stored.rows.map(({ id }) => [id, keysOf(ring, tx.tenantId, records.get(id)!)]),
  )
}

/** Keyed hashes of the blocking keys of a record. */
export const keysOf = (ring: KeyRing, tenantId: string, record: readonly string[]): Buffer[] =>
  blockingKeys(record).map((key) => blindIndex(ring, tenantId, 'match', key).subarray(0, KEY_BYTES))

async function storeKeys(tx: Tx, keys: readonly (readonly [profileId: string, keys: readonly Buffer[]])[]): Promise<void> {
  const wanted = keys.flatMap(([profileId, own]) => own.map((key) => ({ profileId, key })))
  const values = [wanted.map(({ key }) => key), wanted.map(({ profileId }) => profileId)]
  await tx.client.query(
    `DELETE FROM match_keys k WHERE k.tenant_id = $1 AND k.profile_id = ANY($4)
       AND NOT EXISTS (SELECT 1 FROM unnest($2::bytea[], $3::uuid[]) AS w (key, profile_id) WHERE w.key = k.key AND w.profile_id = k.profile_id)`,
    [tx.tenantId, ...values, keys.map(([profileId]) => profileId)],
  )
  await tx.client.query(
    `INSERT INTO match_keys (tenant_id, key, profile_id) SELECT $1, key, profile_id FROM unnest($2::bytea[], $3::uuid[]) AS w (key, profile_id)
     ON CONFLICT DO NOTHING`,
    [tx.tenantId, ...values],
  )
}

/** The stored records of profiles. Those that are not read yet, or cannot be opened, are left out. */
export async function storedRecords(tx: Tx, ring: KeyRing, profileIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await tx.client.query<{ id: string; sealed: Buffer }>(
    'SELECT id, sealed FROM match_records WHERE tenant_id = $1 AND id = ANY($2) AND sealed IS NOT NULL',
    [tx.tenantId, profileIds],
  )
  return new Map(rows.flatMap(({ id, sealed }) => openRecord(ring, tx.tenantId, id, sealed)))
}

/** @returns nothing for a record that cannot be opened */
export function openRecord(ring: KeyRing, tenantId: string, id: string, sealed: Buffer): [id: string, record: string[]][] {
  try {
    return [[id, JSON.parse(open(ring, tenantId, placeOf(id), sealed)) as string[]]]
  } catch {
    return []
  }
}
