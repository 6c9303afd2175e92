import { all, readRow } from '@renmai/platform/db/rows'
import { type Snapshot, snapshot } from '@renmai/platform/resend/snapshot'
import { IdentifierObservedSchema, ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { identifiers, type ProfileIdentifier } from './profile.table.ts'
import { identifierFact } from './publish-identifiers.ts'

type Row = { id: string; customerId: string; version: string }

/** The customer of each profile. */
export const profileLinks: Snapshot = snapshot(ProfileLinkedSchema, {
  name: 'profile-links',
  rows: async ({ client, tenantId }, { after, limit }) => {
    const { rows } = await client.query<Row>(
      `SELECT id, customer_id AS "customerId", version::text FROM profiles
       WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [tenantId, after, limit],
    )
    return rows
  },
  position: ({ id }) => id,
  events: (rows) => rows.map(({ id, customerId, version }) => ({ profileId: id, customerId, version: BigInt(version) })),
})

/** Which profiles carry which identifiers. Their values, which no event has, are in the position only. */
export const profileIdentifiers: Snapshot = snapshot(IdentifierObservedSchema, {
  name: 'identifiers',
  knowsChanges: true,
  rows: async ({ client, tenantId }, { after, limit, since }) => {
    const [namespace, index, profileId] = after === null ? [] : (JSON.parse(after) as string[])
    const { rows } = await client.query<Record<string, unknown>>(
      `SELECT ${all(identifiers)} FROM identifiers
       WHERE tenant_id = $1 AND ($2::text IS NULL OR (namespace, value_index, profile_id) > ($2, decode($3, 'hex'), $4::uuid))
         AND ($6::timestamptz IS NULL OR greatest(created_at, verified_at) >= $6)
       ORDER BY namespace, value_index, profile_id LIMIT $5`,
      [tenantId, namespace ?? null, index ?? null, profileId ?? null, limit, since],
    )
    return rows.map((row): ProfileIdentifier => readRow(identifiers, row))
  },
  position: ({ namespace, valueIndex, profileId }) => JSON.stringify([namespace, valueIndex.toString('hex'), profileId]),
  events: (rows) => (rows.length > 0 ? [{ identifiers: rows.map(identifierFact) }] : []),
})
