import type { Tx } from '@renmai/platform/db/db'
import { insertRowsReturning, type NewRow } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import type { NormalIdentifier } from './identifier.rules.ts'
import { identifierIdOf } from './identifier-id-of.ts'
import { identifierPlace } from './identifier-place.rules.ts'
import { identifiers } from './profile.table.ts'
import { publishIdentifiers } from './publish-identifiers.ts'

export type CarriedIdentifier = Pick<NormalIdentifier, 'namespace' | 'value' | 'verifiedAt' | 'tier'> & {
  profileId: string
  /** The claim that names it. */
  statementId: string
  observedAt: Date
  /** Blind index of the value, in hex. */
  index: string
}

/**
 * Stores the identifiers of profiles, and publishes those that are new for their profile or newly verified. What is stored about
 * when a source named one last is true to the day.
 */
export async function storeIdentifiers(tx: Tx, ring: KeyRing, carried: readonly CarriedIdentifier[]): Promise<void> {
  const rows = new Map<string, NewRow<typeof identifiers>>()
  for (const { namespace, value, index, profileId, verifiedAt, tier, statementId, observedAt } of carried) {
    // Two claims of one batch may be the same; one statement cannot update a row twice.
    const key = `${namespace}|${index}|${profileId}`
    const before = rows.get(key)
    const valueIndex = Buffer.from(index, 'hex')
    const identifierId = identifierIdOf(valueIndex)
    rows.set(key, {
      namespace,
      valueIndex,
      profileId,
      identifierId,
      sealed: before?.sealed ?? seal(ring, tx.tenantId, identifierPlace(profileId, identifierId), value),
      verifiedAt: before?.verifiedAt ?? verifiedAt ?? null,
      tier: Math.min(before?.tier ?? 3, tier) as 1 | 2 | 3,
      statementId: before?.statementId ?? statementId,
      lastSeenAt: before?.lastSeenAt && before.lastSeenAt > observedAt ? before.lastSeenAt : observedAt,
    })
  }
  const changed = await insertRowsReturning(tx, identifiers, [...rows.values()], {
    conflict: `ON CONFLICT (tenant_id, namespace, value_index, profile_id)
      DO UPDATE SET verified_at = coalesce(identifiers.verified_at, excluded.verified_at), identifier_id = excluded.identifier_id,
        tier = least(identifiers.tier, excluded.tier), sealed = coalesce(identifiers.sealed, excluded.sealed)
      WHERE identifiers.identifier_id IS NULL OR identifiers.sealed IS NULL OR (identifiers.verified_at IS NULL AND excluded.verified_at IS NOT NULL)`,
  })
  await publishIdentifiers(tx, changed)
  await noteLastSeen(tx, [...rows.values()])
}

async function noteLastSeen(tx: Tx, rows: readonly NewRow<typeof identifiers>[]): Promise<void> {
  await tx.client.query(
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
  )
}
