import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { regroup } from '../graph/graph.ts'
import { sharingProfiles } from './profile.queries.ts'
import { type CarriedIdentifier, storeIdentifiers } from './store-identifiers.ts'
import type { Met } from './store-profiles.ts'

/**
 * Stores the identifiers of profiles, and groups the profiles that share one with others.
 * @returns the customer of each profile
 */
export async function groupProfiles(
  tx: Tx,
  ring: KeyRing,
  met: readonly Met[],
  carried: readonly CarriedIdentifier[],
  at: Date,
): Promise<Map<string, string>> {
  await storeIdentifiers(tx, ring, carried)
  const born = new Map(met.filter(({ isNew }) => isNew).map((profile) => [profile.id, profile]))
  // Also those whose claims name no identifier: a name or a later observation can change what their identifiers prove.
  const sharing = await sharingProfiles(tx, [...new Set(met.map(({ id }) => id))])
  const regrouped = sharing.length > 0 ? await regroup(tx, sharing, { at, born: new Set(born.keys()) }) : undefined
  const customers = new Map(met.map(({ id, customerId }) => [id, regrouped?.customers.get(id) ?? customerId]))
  await publish(
    tx,
    ProfileLinkedSchema,
    ...[...born.keys()].map((profileId) => ({ profileId, customerId: customers.get(profileId)!, version: 1n })),
  )
  return customers
}
