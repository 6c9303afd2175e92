import type { Tx } from '@renmai/platform/db/db'

/** A profile that carries an identifier. */
export type Carrier = { readonly identifierId: string; readonly profileId: string; readonly customerId: string; readonly source: string }

const MAX_CARRIERS = 100

/** The profiles that carry each identifier and from which nobody retracted it: who proved it first comes first; at most 100. */
export async function readCarriers(tx: Tx, wanted: readonly { readonly namespace: string; readonly index: Buffer }[]): Promise<Carrier[]> {
  const { rows } = await tx.client.query<Carrier>(
    `SELECT c.* FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS w (namespace, value_index, place) CROSS JOIN LATERAL (
       SELECT i.identifier_id AS "identifierId", i.profile_id AS "profileId", p.customer_id AS "customerId", p.source
       FROM identifiers i JOIN profiles p ON p.tenant_id = $1 AND p.id = i.profile_id
       WHERE i.tenant_id = $1 AND i.namespace = w.namespace AND i.value_index = w.value_index AND NOT EXISTS (
         SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'RETRACTION' AND r.identifier_id = i.identifier_id
           AND r.side_a[1] = i.profile_id)
       ORDER BY i.verified_at NULLS LAST, p.customer_id, i.profile_id LIMIT ${MAX_CARRIERS}) c
     ORDER BY w.place`,
    [tx.tenantId, wanted.map(({ namespace }) => namespace), wanted.map(({ index }) => index)],
  )
  return rows
}

/** Of some identifiers those that a person ruled to be nobody's. */
export async function readBlocked(tx: Tx, identifierIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT identifier_id AS id FROM rulings WHERE tenant_id = $1 AND holds AND kind = 'BLOCK' AND identifier_id = ANY($2)`,
    [tx.tenantId, identifierIds],
  )
  return new Set(rows.map(({ id }) => id))
}
