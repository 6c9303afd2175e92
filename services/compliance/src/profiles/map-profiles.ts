import { keyedProjection } from '@renmai/platform/db/keyed-projection'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { profileCustomers } from './profile-customer.table.ts'

/** Maintains the mapping of profiles to customers. */
export const mapProfiles = keyedProjection(ProfileLinkedSchema, 'map-profiles', profileCustomers, ({ profileId, customerId, version }) => ({
  profileId,
  customerId,
  version: Number(version),
}))
