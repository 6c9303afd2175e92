import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'

/** Two profiles of different customers that a model takes for one person, and that nobody has decided about. */
export type OpenPair = {
  readonly profileA: string
  readonly profileB: string
  readonly customerA: string
  readonly customerB: string
  readonly probability: number
  readonly modelVersion: number
  readonly foundAt: Date
}

const MAX_PAIRS = 2_000

const membersOf = (customer: string) => `ARRAY(SELECT id FROM profiles WHERE tenant_id = $1 AND customer_id = ${customer})`

/**
 * The open pairs of some profiles, one for any two customers: the one that has a case already, otherwise the most probable one.
 * People's cannot-links and different unionids of one subject settle a pair.
 */
export async function openPairs(tx: Tx, profileIds: readonly string[]): Promise<OpenPair[]> {
  const { rows } = await tx.client.query<OpenPair>(
    prepared(
      `SELECT DISTINCT ON (least(o."customerA", o."customerB"), greatest(o."customerA", o."customerB")) o.* FROM (
       SELECT m.profile_a AS "profileA", m.profile_b AS "profileB", a.customer_id AS "customerA", b.customer_id AS "customerB", m.probability,
         m.model_version AS "modelVersion", m.found_at AS "foundAt",
         EXISTS (SELECT 1 FROM review_cases c WHERE c.tenant_id = $1 AND c.profile_a = m.profile_a AND c.profile_b = m.profile_b) AS "isKnown"
       FROM match_pairs m
       JOIN profiles a ON a.tenant_id = $1 AND a.id = m.profile_a JOIN profiles b ON b.tenant_id = $1 AND b.id = m.profile_b
       WHERE m.tenant_id = $1 AND (m.profile_a = ANY($2) OR m.profile_b = ANY($2)) AND a.customer_id <> b.customer_id
       ORDER BY m.probability DESC LIMIT ${MAX_PAIRS}) o
     CROSS JOIN LATERAL (SELECT ${membersOf('o."customerA"')} AS a, ${membersOf('o."customerB"')} AS b) s
     WHERE NOT EXISTS (SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'CANNOT_LINK'
         AND ((r.side_a && s.a AND r.side_b && s.b) OR (r.side_a && s.b AND r.side_b && s.a)))
       AND NOT EXISTS (SELECT 1 FROM identifiers i JOIN identifiers j ON j.tenant_id = $1 AND j.profile_id = ANY(s.b) AND j.namespace = i.namespace
           AND j.value_index <> i.value_index
         WHERE i.tenant_id = $1 AND i.profile_id = ANY(s.a) AND i.namespace LIKE 'unionid@%')
     ORDER BY least(o."customerA", o."customerB"), greatest(o."customerA", o."customerB"), o."isKnown" DESC, o.probability DESC, o."profileA", o."profileB"`,
      [tx.tenantId, encodeArray('uuid', profileIds)],
    ),
  )
  return rows
}
