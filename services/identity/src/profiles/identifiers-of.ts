import type { Tx } from '@renmai/platform/db/db'
import { type KeyRing, open } from '@renmai/platform/secrets/crypto'
import { MAX_PER_IDENTIFIER, MAX_PER_SOURCE } from '../graph/graph.rules.ts'
import { kindOfNamespace } from './identifier.rules.ts'
import { identifierPlace } from './identifier-place.rules.ts'
import { maskIdentifier } from './mask.rules.ts'

export const MAX_IDENTIFIERS = 500

/** An identifier of a customer, as it is read. */
export type CustomerIdentifierRow = {
  customerId: string
  profileId: string
  identifierId: string
  namespace: string
  sealed: Buffer | null
  isVerified: boolean
  source: string
  firstSeenAt: Date
  lastSeenAt: Date
  state: 'ACTIVE' | 'RETRACTED' | 'BLOCKED' | 'SHARED'
}

/** The identifiers of customers, at most one more than MAX_IDENTIFIERS of each. */
export async function identifiersOf(tx: Tx, customerIds: readonly string[]): Promise<Map<string, CustomerIdentifierRow[]>> {
  const { rows } = await tx.client.query<CustomerIdentifierRow>(
    `SELECT c.id AS "customerId", m.* FROM unnest($2::uuid[]) AS c (id) CROSS JOIN LATERAL (
       SELECT i.profile_id AS "profileId", i.identifier_id AS "identifierId", i.namespace, i.sealed, i.verified_at IS NOT NULL AS "isVerified",
         p.source, i.created_at AS "firstSeenAt", coalesce(i.last_seen_at, i.created_at) AS "lastSeenAt",
         ${identifierState('i')} AS state
       FROM profiles p JOIN identifiers i ON i.tenant_id = $1 AND i.profile_id = p.id
       WHERE p.tenant_id = $1 AND p.customer_id = c.id AND i.identifier_id IS NOT NULL
       ORDER BY i.namespace, i.created_at, i.profile_id LIMIT ${MAX_IDENTIFIERS + 1}) m`,
    [tx.tenantId, customerIds],
  )
  return Map.groupBy(rows, ({ customerId }) => customerId)
}

/** SQL of the state of a row of `identifiers`. @param row its alias; $1 is the tenant */
export const identifierState = (row: string) => `CASE
  WHEN EXISTS (SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'RETRACTION'
    AND r.identifier_id = ${row}.identifier_id AND r.side_a @> ARRAY[${row}.profile_id]) THEN 'RETRACTED'
  WHEN EXISTS (SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'BLOCK' AND r.identifier_id = ${row}.identifier_id) THEN 'BLOCKED'
  WHEN ${isShared(row)} THEN 'SHARED' ELSE 'ACTIVE' END`

/** SQL of `isShared` of the graph: who carries it is counted per source, and over all sources unless the platform gives it to one person. */
const isShared = (row: string) => `coalesce((
  SELECT max(of_source) > ${MAX_PER_SOURCE} OR (sum(of_source) > ${MAX_PER_IDENTIFIER} AND ${row}.namespace <> 'login' AND ${row}.namespace NOT LIKE 'unionid@%')
  FROM (SELECT count(*) AS of_source FROM (
      SELECT o.profile_id FROM identifiers o WHERE o.tenant_id = $1 AND o.namespace = ${row}.namespace AND o.value_index = ${row}.value_index
      ORDER BY o.created_at LIMIT 100) o
    JOIN profiles q ON q.tenant_id = $1 AND q.id = o.profile_id GROUP BY q.source) counted), false)`

/** The value of an identifier, whole. */
export const openIdentifier = (
  ring: KeyRing,
  tenantId: string,
  { profileId, identifierId, sealed }: Pick<CustomerIdentifierRow, 'profileId' | 'identifierId' | 'sealed'>,
) => sealed && open(ring, tenantId, identifierPlace(profileId, identifierId), sealed)

/** The value of an identifier with its middle masked. */
export function maskedIdentifier(ring: KeyRing, tenantId: string, row: CustomerIdentifierRow): string | null {
  const value = openIdentifier(ring, tenantId, row)
  return value && maskIdentifier(kindOfNamespace(row.namespace), value)
}
