import { insertRows } from '@renmai/platform/bulk'
import { on } from '@renmai/platform/inbox'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { lockMapping, markCustomersDirty } from '../facts/mark-dirty.ts'

/** Keeps the mapping of profiles to customers; both the customer that loses a profile and the one that gets it are looked at again. */
export const onProfileLinked = on(ProfileLinkedSchema, 'map-profiles', async (tx, events) => {
  await lockMapping(tx)
  const newest = new Map(events.toSorted((a, b) => Number(a.version - b.version)).map((event) => [event.profileId, event]))
  const ids = [...newest.keys()]
  const before = await tx.client.query<{ customer_id: string }>(
    'SELECT customer_id FROM profile_customers WHERE tenant_id = $1 AND profile_id = ANY($2)',
    [tx.tenantId, ids],
  )
  const rows = [...newest.values()].map(({ profileId, customerId, version }) => ({
    profile_id: profileId,
    customer_id: customerId,
    version: Number(version),
  }))
  await insertRows(tx, 'profile_customers', { profile_id: 'uuid', customer_id: 'uuid', version: 'int8' }, rows, {
    conflict: `ON CONFLICT (tenant_id, profile_id) DO UPDATE SET customer_id = excluded.customer_id, version = excluded.version
      WHERE profile_customers.version < excluded.version`,
  })
  await markCustomersDirty(tx, [...before.rows.map((row) => row.customer_id), ...rows.map((row) => row.customer_id)])
})
