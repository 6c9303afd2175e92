import { insertRows } from '@renmai/platform/bulk'
import { on } from '@renmai/platform/inbox'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'

/** Keeps the mapping of profiles to customers; an event older than what is known changes nothing. */
export const onProfileLinked = on(ProfileLinkedSchema, 'map-profiles', async (tx, events) => {
  const newest = new Map(events.toSorted((a, b) => Number(a.version - b.version)).map((event) => [event.profileId, event]))
  const rows = [...newest.values()].map(({ profileId, customerId, version }) => ({
    profile_id: profileId,
    customer_id: customerId,
    version: Number(version),
  }))
  await insertRows(tx, 'profile_customers', { profile_id: 'uuid', customer_id: 'uuid', version: 'int8' }, rows, {
    conflict: `ON CONFLICT (tenant_id, profile_id) DO UPDATE SET customer_id = excluded.customer_id, version = excluded.version
      WHERE profile_customers.version < excluded.version`,
  })
})
