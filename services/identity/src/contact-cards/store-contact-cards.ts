import { insertRows } from '@renmai/platform/bulk'
import { type KeyRing, seal } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'

export type ObservedCard = { profileId: string; identifiers: { namespace: string; value: string }[]; displayName: string; observedAt: Date }

export const placeOf = (field: string, profileId: string) => `contact_cards.${field}|${profileId}`

/** Keeps the newest phone, e-mail address and name of each profile, sealed. */
export async function storeContactCards(tx: Tx, ring: KeyRing, cards: ObservedCard[]): Promise<void> {
  const rows = new Map<string, object>()
  for (const { profileId, identifiers, displayName, observedAt } of cards) {
    const values: [string, string][] = identifiers
      .filter(({ namespace }) => namespace === 'phone' || namespace === 'email')
      .map(({ namespace, value }) => [namespace, value])
    if (displayName) values.push(['display_name', displayName.slice(0, 200)])
    for (const [field, value] of values) {
      rows.set(`${profileId}|${field}`, {
        profile_id: profileId,
        field,
        sealed: seal(ring, tx.tenantId, placeOf(field, profileId), value),
        observed_at: observedAt,
      })
    }
  }
  await insertRows(
    tx,
    'contact_cards',
    { profile_id: 'uuid', field: 'text', sealed: 'bytea', observed_at: 'timestamptz' },
    [...rows.values()],
    {
      conflict: `ON CONFLICT (tenant_id, profile_id, field) DO UPDATE SET sealed = excluded.sealed, observed_at = excluded.observed_at
      WHERE contact_cards.observed_at <= excluded.observed_at`,
    },
  )
}
