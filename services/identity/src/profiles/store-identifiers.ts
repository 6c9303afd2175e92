import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { insertRows, insertRowsReturning, type NewRow } from '@renmai/platform/db/rows'
import { together } from '@renmai/platform/db/together'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import type { CarriedEdge } from '../graph/graph.ts'
import { identifierPlace } from './identifier-place.rules.ts'
import type { StatedIdentifier } from './prepare-claim.ts'
import { identifiers } from './profile.table.ts'
import { publishIdentifiers } from './publish-identifiers.ts'

type CarriedIdentifier = StatedIdentifier & {
  readonly profileId: string
  /** The claim that names it. */
  readonly statementId: string
  readonly observedAt: Date
}

/** An identifier of a profile, before its value is sealed. */
type IdentifierRow = Omit<NewRow<typeof identifiers>, 'sealed'> & {
  value: string
  identifierId: string
  statementId: string
  tier: 1 | 2 | 3
  verifiedAt: Date | null
  lastSeenAt: Date
  createdAt: Date
}

/** The rows of what claims name: two claims of one batch may name the same, and one statement cannot write a row twice. */
export function identifierRows(carried: readonly CarriedIdentifier[], at: Date): IdentifierRow[] {
  const rows = new Map<string, IdentifierRow>()
  for (const { namespace, value, valueIndex, identifierId, profileId, verifiedAt, tier, statementId, observedAt } of carried) {
    const key = `${identifierId}|${profileId}`
    const before = rows.get(key)
    rows.set(key, {
      namespace,
      value,
      valueIndex,
      profileId,
      identifierId,
      verifiedAt: before?.verifiedAt ?? verifiedAt ?? null,
      tier: Math.min(before?.tier ?? 3, tier) as 1 | 2 | 3,
      statementId: before?.statementId ?? statementId,
      lastSeenAt: before?.lastSeenAt && before.lastSeenAt > observedAt ? before.lastSeenAt : observedAt,
      createdAt: at,
    })
  }
  return [...rows.values()]
}

type Sealed = IdentifierRow & { sealed: Buffer }

/** The rows with their values sealed. It takes longer than all else that is computed about them. */
export const sealIdentifiers = (tx: Tx, ring: KeyRing, rows: readonly IdentifierRow[]): Omit<Sealed, 'value'>[] =>
  rows.map(({ value, ...row }) => ({ ...row, sealed: seal(ring, tx.tenantId, identifierPlace(row.profileId, row.identifierId), value) }))

/** An identifier of a profile that is not stored yet, as the graph sees it. */
export const edgeOf = ({ profileId, namespace, identifierId, valueIndex, tier, verifiedAt, ...row }: IdentifierRow): CarriedEdge => ({
  profileId,
  namespace,
  identifierId,
  valueIndex,
  tier,
  verifiedAt,
  statement: row.statementId,
  foundAt: row.createdAt,
})

/** Stores the identifiers of profiles that are observed for the first time, and publishes them. */
export async function storeFirstIdentifiers(tx: Tx, rows: readonly Omit<Sealed, 'value'>[]): Promise<void> {
  await together(tx, () => [insertRows(tx, identifiers, rows, { conflict: 'error' }), publishIdentifiers(tx, rows)])
}

/**
 * Stores the identifiers of profiles, and publishes those that are new for their profile or newly verified. What is stored about
 * when a source named one last is true to the day.
 */
export async function storeIdentifiers(tx: Tx, ring: KeyRing, rows: readonly IdentifierRow[]): Promise<void> {
  if (rows.length === 0) return
  const changed = await insertRowsReturning(tx, identifiers, sealIdentifiers(tx, ring, rows), {
    conflict: `ON CONFLICT (tenant_id, namespace, value_index, profile_id)
      DO UPDATE SET verified_at = coalesce(identifiers.verified_at, excluded.verified_at), identifier_id = excluded.identifier_id,
        tier = least(identifiers.tier, excluded.tier), sealed = coalesce(identifiers.sealed, excluded.sealed)
      WHERE identifiers.identifier_id IS NULL OR identifiers.sealed IS NULL OR (identifiers.verified_at IS NULL AND excluded.verified_at IS NOT NULL)`,
  })
  await publishIdentifiers(tx, changed)
  await noteLastSeen(tx, rows)
}

async function noteLastSeen(tx: Tx, rows: readonly IdentifierRow[]): Promise<void> {
  await tx.client.query(
    prepared(
      `UPDATE identifiers i SET last_seen_at = c.at FROM unnest($2::text[], $3::bytea[], $4::uuid[], $5::timestamptz[]) AS c (namespace, value_index, profile_id, at)
     WHERE i.tenant_id = $1 AND i.namespace = c.namespace AND i.value_index = c.value_index AND i.profile_id = c.profile_id
       AND c.at >= coalesce(i.last_seen_at, i.created_at) + interval '1 day'`,
      [
        tx.tenantId,
        rows.map(({ namespace }) => namespace),
        rows.map(({ valueIndex }) => valueIndex),
        rows.map(({ profileId }) => profileId),
        rows.map(({ lastSeenAt }) => lastSeenAt),
      ],
    ),
  )
}
