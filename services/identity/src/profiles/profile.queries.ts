import type { Tx } from '@renmai/platform/db/db'
import { type Claim, type Holder, identifierKey, type Known, pairKey, profileKey } from './resolve.rules.ts'

/** Reads all rows that resolving these claims can affect, in four statements, whatever their number. */
export async function readKnown(tx: Tx, claims: Claim[]): Promise<Known> {
  const profiles = await readProfiles(tx, claims)
  const holders = await readHolders(tx, claims)
  const customerIds = [...new Set([...profiles.values(), ...[...holders.values()].flat()].map((holder) => holder.customerId))]
  return { profiles, holders, split: await readSplits(tx, customerIds), unionids: await readUnionids(tx, customerIds) }
}

async function readProfiles(tx: Tx, claims: Claim[]): Promise<Map<string, Holder>> {
  const { rows } = await tx.client.query<{ source: string; external_id: string; id: string; customer_id: string }>(
    `SELECT p.source, p.external_id, p.id, p.customer_id FROM profiles p
     JOIN unnest($2::text[], $3::text[]) AS c (source, external_id) USING (source, external_id) WHERE p.tenant_id = $1`,
    [tx.tenantId, claims.map((claim) => claim.source), claims.map((claim) => claim.externalId)],
  )
  return new Map(rows.map((row) => [profileKey(row.source, row.external_id), { profileId: row.id, customerId: row.customer_id }]))
}

async function readHolders(tx: Tx, claims: Claim[]): Promise<Map<string, Holder[]>> {
  const strong = claims.flatMap((claim) => claim.identifiers).filter((identifier) => identifier.tier === 1)
  if (strong.length === 0) return new Map()
  const { rows } = await tx.client.query<{ namespace: string; index: string; profile_id: string; customer_id: string }>(
    `SELECT i.namespace, encode(i.value_index, 'hex') AS index, i.profile_id, p.customer_id FROM identifiers i
     JOIN profiles p ON p.tenant_id = i.tenant_id AND p.id = i.profile_id
     JOIN (SELECT DISTINCT * FROM unnest($2::text[], $3::text[]) AS c (namespace, index)) c
       ON i.namespace = c.namespace AND i.value_index = decode(c.index, 'hex')
     WHERE i.tenant_id = $1 AND (i.verified_at IS NOT NULL OR i.namespace LIKE 'unionid@%' OR i.namespace = 'login')
     ORDER BY p.customer_id, i.profile_id`,
    [tx.tenantId, strong.map((one) => one.namespace), strong.map((one) => one.index)],
  )
  const holders = new Map<string, Holder[]>()
  for (const row of rows) {
    const key = identifierKey(row.namespace, row.index)
    holders.set(key, [...(holders.get(key) ?? []), { profileId: row.profile_id, customerId: row.customer_id }])
  }
  return holders
}

async function readSplits(tx: Tx, customerIds: string[]): Promise<Set<string>> {
  const { rows } = await tx.client.query<{ survivor_id: string; absorbed_id: string }>(
    `SELECT survivor_id, absorbed_id FROM customer_decisions
     WHERE tenant_id = $1 AND kind = 'UNMERGE' AND survivor_id = ANY($2) AND absorbed_id = ANY($2)`,
    [tx.tenantId, customerIds],
  )
  return new Set(rows.map((row) => pairKey(row.survivor_id, row.absorbed_id)))
}

async function readUnionids(tx: Tx, customerIds: string[]): Promise<Map<string, Map<string, string>>> {
  const { rows } = await tx.client.query<{ customer_id: string; namespace: string; index: string }>(
    `SELECT p.customer_id, i.namespace, encode(i.value_index, 'hex') AS index FROM profiles p
     JOIN identifiers i ON i.tenant_id = p.tenant_id AND i.profile_id = p.id AND i.namespace LIKE 'unionid@%'
     WHERE p.tenant_id = $1 AND p.customer_id = ANY($2)`,
    [tx.tenantId, customerIds],
  )
  const unionids = new Map<string, Map<string, string>>()
  for (const row of rows) {
    if (!unionids.has(row.customer_id)) unionids.set(row.customer_id, new Map())
    unionids.get(row.customer_id)!.set(row.namespace, row.index)
  }
  return unionids
}
