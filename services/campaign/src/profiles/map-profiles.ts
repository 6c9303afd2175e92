import { insertRows } from '@renmai/platform/db/rows'
import { ofState, on } from '@renmai/platform/events/inbox'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { lockMapping, markCustomersDirty } from '../facts/fact.ts'
import { regroupEntries } from '../journeys/journey.ts'
import { profileNumbersOf } from '../numbers/number.ts'
import { profileCustomers } from './profile-customer.table.ts'

/** Keeps the mapping of profiles to customers. Both customers, the one that loses a profile and the one that gets it, are marked. */
export const mapProfiles = ofState(
  on(ProfileLinkedSchema, 'map-profiles', async (tx, events) => {
    await lockMapping(tx)
    const noOf = await profileNumbersOf(
      tx,
      events.map(({ profileId }) => profileId),
    )
    const rows = events.map(({ profileId, customerId, version }) => ({
      profileId,
      customerId,
      version: Number(version),
      profileNo: noOf(profileId),
    }))
    const before = await tx.client.query<{ customer_id: string }>(
      'SELECT customer_id FROM profile_customers WHERE tenant_id = $1 AND profile_id = ANY($2)',
      [tx.tenantId, rows.map((row) => row.profileId)],
    )
    await insertRows(tx, profileCustomers, rows, { newest: 'version' })
    const customerIds = [...new Set([...before.rows.map((row) => row.customer_id), ...rows.map((row) => row.customerId)])]
    await regroupEntries(tx, customerIds)
    await markCustomersDirty(tx, customerIds)
  }),
)
