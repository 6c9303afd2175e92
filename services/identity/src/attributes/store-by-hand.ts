import type { Tx } from '@renmai/platform/db/db'
import { insertRowsReturning } from '@renmai/platform/db/rows'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { isPublished } from './attribute.rules.ts'
import { type AttributeField, handValues } from './attribute.table.ts'
import { publishValues } from './publish-values.ts'
import { storedAs } from './store-attributes.ts'

/** Begins the source of what a member of staff, or a client in their place, sets by hand. */
export const STAFF = 'staff:'

export type SetByHand = { profileId: string; customerId: string; source: string; setAt: Date }

/** Sets values of one profile, beside what sources state, until they are released. The caller holds the lock of the graph. */
export async function storeByHand(
  tx: Tx,
  ring: KeyRing,
  { profileId, customerId, source, setAt }: SetByHand,
  given: readonly { field: AttributeField; value: string; original: string }[],
): Promise<void> {
  const last = new Map(given.map((one) => [one.field.key, one]))
  await adoptEarlier(tx, [profileId], [...last.keys()])
  const rows = [...last].map(([key, { field, value, original }]) => ({
    profileId,
    key,
    ...storedAs(tx, ring, { profileId, key, value, original }, field.sensitivity === 'NONE'),
    source,
    setAt,
  }))
  const stored = await insertRowsReturning(tx, handValues, rows, {
    conflict: `ON CONFLICT (tenant_id, profile_id, key) DO UPDATE SET value = excluded.value, sealed = excluded.sealed, sealed_original = excluded.sealed_original, source = excluded.source,
      set_at = excluded.set_at, released_at = NULL, version = hand_values.version + 1`,
  })
  await publishValues(
    tx,
    stored.flatMap(({ key, value, version }) =>
      value === null || !isPublished(last.get(key)!.field) ? [] : [{ profileId, customerId, key, value, observedAt: setAt, version }],
    ),
  )
}

/** Moves what the release before stored among the values of sources. */
export const adoptEarlier = (tx: Tx, profileIds: readonly string[], keys: readonly string[]) =>
  tx.client.query(
    `WITH earlier AS (
       DELETE FROM attribute_values WHERE tenant_id = $1 AND profile_id = ANY($2) AND key = ANY($3) AND starts_with(source, '${STAFF}') RETURNING *
     ) INSERT INTO hand_values (tenant_id, profile_id, key, value, sealed, sealed_original, source, set_at)
     SELECT tenant_id, profile_id, key, value, sealed, sealed_original, source, observed_at FROM earlier ON CONFLICT DO NOTHING`,
    [tx.tenantId, profileIds, keys],
  )
