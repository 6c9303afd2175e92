import { type Tx, withTenant } from '@renmai/platform/db/db'
import { all, readRow } from '@renmai/platform/db/rows'
import { queue } from '@renmai/platform/work/queue'
import type { Deps } from '../context.ts'
import { identifierIdOf } from './identifier-id-of.ts'
import { identifiers, type ProfileIdentifier } from './profile.table.ts'
import { publishIdentifiers } from './publish-identifiers.ts'

const BATCH = 1_000
/** Only the release before stores rows without an id; they come to an end. */
const POLL_MS = 60_000

/**
 * Gives an id to the identifiers that were stored without one, and publishes them. The id and the event commit together, so
 * work that was interrupted continues where it ended.
 */
export const publishOlderIdentifiers = queue('identifiers', ({ db }: Deps) => ({
  name: 'publish-older-identifiers',
  due: [{ waiting: 'identifier_id IS NULL', at: 'created_at' }],
  pollMs: POLL_MS,
  lanes: 1,
  rest: 1,
  work: (tenantId) =>
    withTenant(db, tenantId, async (tx) => {
      const rows = await claim(tx)
      await setIds(tx, rows)
      await publishIdentifiers(tx, rows)
      return rows.length
    }),
}))

async function claim(tx: Tx): Promise<ProfileIdentifier[]> {
  const { rows } = await tx.client.query(
    `SELECT ${all(identifiers)} FROM identifiers WHERE tenant_id = $1 AND identifier_id IS NULL
     ORDER BY created_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    [tx.tenantId],
  )
  return rows.map((row) => readRow(identifiers, row))
}

async function setIds(tx: Tx, rows: readonly ProfileIdentifier[]): Promise<void> {
  await tx.client.query(
    `UPDATE identifiers i SET identifier_id = c.id
     FROM unnest($2::text[], $3::bytea[], $4::uuid[], $5::uuid[]) AS c (namespace, value_index, profile_id, id)
     WHERE i.tenant_id = $1 AND i.namespace = c.namespace AND i.value_index = c.value_index AND i.profile_id = c.profile_id`,
    [
      tx.tenantId,
      rows.map(({ namespace }) => namespace),
      rows.map(({ valueIndex }) => valueIndex),
      rows.map(({ profileId }) => profileId),
      rows.map(({ valueIndex }) => identifierIdOf(valueIndex)),
    ],
  )
}
