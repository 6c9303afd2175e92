import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { newId } from '@renmai/platform/serve/ids'
import type { PreparedClaim } from './prepare-claim.ts'

/** The profile of a claim. */
export type Met = {
  readonly id: string
  readonly homeId: string
  readonly customerId: string
  /** Nobody observed it before: it is not stored yet. */
  readonly isNew: boolean
  readonly statementId: string
}

type Named = Pick<PreparedClaim, 'source' | 'externalId'>
type Found = Omit<Met, 'statementId'>

/**
 * Finds the profile of each claim, or chooses the ids of a new one, which is a customer by itself at first. The caller holds the
 * lock of the graph.
 * @returns one for each claim, in their order; two claims may be of one profile
 */
export async function meetProfiles(tx: Tx, claims: readonly Named[]): Promise<Met[]> {
  const found = await readKnown(tx, claims)
  return claims.map((claim) => {
    const key = keyOf(claim)
    const known = found.get(key)
    if (known) return { ...known, statementId: newId() }
    const homeId = newId()
    const born = { id: newId(), homeId, customerId: homeId, isNew: true }
    found.set(key, born)
    return { ...born, statementId: newId() }
  })
}

const keyOf = ({ source, externalId }: Named) => `${source}\u001f${externalId}`

async function readKnown(tx: Tx, claims: readonly Named[]): Promise<Map<string, Found>> {
  const { rows } = await tx.client.query<{ source: string; externalId: string; id: string; customerId: string; homeId: string }>(
    prepared(
      `SELECT c.source, c.external_id AS "externalId", p.id, p.customer_id AS "customerId", coalesce(p.home_customer_id, p.customer_id) AS "homeId"
     FROM unnest($2::text[], $3::text[]) AS c (source, external_id)
     CROSS JOIN LATERAL (SELECT * FROM profiles WHERE tenant_id = $1 AND source = c.source AND external_id = c.external_id OFFSET 0) p`,
      [
        tx.tenantId,
        encodeArray(
          'text',
          claims.map(({ source }) => source),
        ),
        encodeArray(
          'text',
          claims.map(({ externalId }) => externalId),
        ),
      ],
    ),
  )
  return new Map(rows.map(({ id, customerId, homeId, ...claim }) => [keyOf(claim), { id, customerId, homeId, isNew: false }]))
}
