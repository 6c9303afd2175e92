import type { Tx } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { GraphEvidence, RefusalReason } from '../graph/graph.rules.ts'
import { kindOfNamespace } from '../profiles/identifier.rules.ts'
import { maskIdentifier } from '../profiles/mask.rules.ts'
import { identifierState, openIdentifier } from '../profiles/profile.ts'
import type { Side } from './side-of.queries.ts'

export type MatchIdentifierRow = {
  readonly identifierId: string
  readonly kind: string
  readonly value: string | null
  readonly profileIdA: string
  readonly profileIdB: string
  readonly tier: number
  readonly state: 'ACTIVE' | 'RETRACTED' | 'BLOCKED' | 'SHARED'
}

export type EvidenceBetween = {
  readonly namespace: string
  readonly rule: GraphEvidence['rule']
  readonly reason: RefusalReason | null
}

export type RulingBetween = { readonly id: string; readonly kind: 'LINK' | 'CANNOT_LINK'; readonly decidedBy: string }

/** What the identity graph has about the profiles of two sides. */
export type Between = {
  readonly identifiers: readonly MatchIdentifierRow[]
  readonly evidence: readonly EvidenceBetween[]
  readonly rulings: readonly RulingBetween[]
}

const MOST = 50

export async function sharedBetween(tx: Tx, ring: KeyRing, a: Side, b: Side): Promise<Between> {
  const given = [tx.tenantId, a.profileIds, b.profileIds]
  const evidence = await tx.client.query<EvidenceBetween>(
    `SELECT namespace, rule, reason FROM evidence WHERE tenant_id = $1
       AND ((profile_id = ANY($2) AND linked_profile_id = ANY($3)) OR (profile_id = ANY($3) AND linked_profile_id = ANY($2)))
     ORDER BY weight DESC, id LIMIT ${MOST}`,
    given,
  )
  const rulings = await tx.client.query<RulingBetween>(
    `SELECT id, kind, decided_by AS "decidedBy" FROM rulings WHERE tenant_id = $1 AND holds AND kind IN ('LINK', 'CANNOT_LINK')
       AND ((side_a && $2 AND side_b && $3) OR (side_a && $3 AND side_b && $2)) ORDER BY id DESC LIMIT ${MOST}`,
    given,
  )
  return { identifiers: await identifiersBetween(tx, ring, a, b), evidence: evidence.rows, rulings: rulings.rows }
}

type Row = {
  namespace: string
  identifierId: string
  sealed: Buffer | null
  profileIdA: string
  profileIdB: string
  tier: number
  states: MatchIdentifierRow['state'][]
}

const TIER = (row: string) => `coalesce(${row}.tier, CASE WHEN ${row}.verified_at IS NOT NULL THEN 1 ELSE 3 END)`

async function identifiersBetween(tx: Tx, ring: KeyRing, a: Side, b: Side): Promise<MatchIdentifierRow[]> {
  const { rows } = await tx.client.query<Row>(
    `SELECT i.namespace, i.identifier_id AS "identifierId", i.sealed, i.profile_id AS "profileIdA", j.profile_id AS "profileIdB",
       greatest(${TIER('i')}, ${TIER('j')}) AS tier, ARRAY[${identifierState('i')}, ${identifierState('j')}] AS states
     FROM identifiers i JOIN identifiers j ON j.tenant_id = $1 AND j.namespace = i.namespace AND j.value_index = i.value_index AND j.profile_id = ANY($3)
     WHERE i.tenant_id = $1 AND i.profile_id = ANY($2) AND i.identifier_id IS NOT NULL
     ORDER BY tier, i.namespace, i.identifier_id, i.profile_id, j.profile_id LIMIT ${MOST}`,
    [tx.tenantId, a.profileIds, b.profileIds],
  )
  return rows.map(({ namespace, sealed, states, ...row }) => {
    const value = openIdentifier(ring, tx.tenantId, { profileId: row.profileIdA, identifierId: row.identifierId, sealed })
    return {
      ...row,
      kind: namespace,
      value: value && maskIdentifier(kindOfNamespace(namespace), value),
      state: states.find((state) => state !== 'ACTIVE') ?? 'ACTIVE',
    }
  })
}
