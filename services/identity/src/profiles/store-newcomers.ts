import type { Tx } from '@renmai/platform/db/db'
import { insertRows, type NewRow } from '@renmai/platform/db/rows'
import { together } from '@renmai/platform/db/together'
import { customers } from '../customers/customer.table.ts'
import type { GraphProfile } from '../graph/graph.ts'
import type { Met } from './meet-profiles.ts'
import type { PreparedClaim } from './prepare-claim.ts'
import { profiles } from './profile.table.ts'

type ProfileRow = NewRow<typeof profiles> & { id: string; homeCustomerId: string; lastSeenAt: Date }

/** The rows of the profiles of claims: the newest claim of each stands for all. */
export function profileRows(claims: readonly (PreparedClaim & { met: Met })[]): ProfileRow[] {
  const inOrder = claims.toSorted((a, b) => a.observedAt.getTime() - b.observedAt.getTime())
  const newest = new Map(inOrder.map((claim) => [claim.met.id, claim]))
  return [...newest.values()].map(({ met, source, externalId, nameIndex, birthdayIndex, observedAt }) => ({
    id: met.id,
    source,
    externalId,
    customerId: met.customerId,
    homeCustomerId: met.homeId,
    nameIndex,
    birthdayIndex,
    lastSeenAt: observedAt,
  }))
}

/** Updates what is known of stored profiles. When a source observed one last is true to the day. */
export async function updateProfiles(tx: Tx, rows: readonly ProfileRow[]): Promise<void> {
  await insertRows(tx, profiles, rows, {
    conflict: `ON CONFLICT (tenant_id, id) DO UPDATE SET name_index = coalesce(excluded.name_index, profiles.name_index),
      birthday_index = coalesce(excluded.birthday_index, profiles.birthday_index),
      last_seen_at = greatest(excluded.last_seen_at, profiles.last_seen_at)
      WHERE excluded.last_seen_at >= coalesce(profiles.last_seen_at, profiles.created_at) + interval '1 day'
        OR (excluded.last_seen_at >= coalesce(profiles.last_seen_at, profiles.created_at)
          AND (excluded.name_index, excluded.birthday_index) IS DISTINCT FROM (profiles.name_index, profiles.birthday_index))`,
  })
}

/**
 * Stores profiles that are observed for the first time, each with the customer that it is by itself.
 * @param customerOf the customer that a profile belongs to
 */
export async function storeNewcomers(tx: Tx, rows: readonly ProfileRow[], customerOf: ReadonlyMap<string, string>): Promise<void> {
  const own = rows.map(({ id, homeCustomerId }) => {
    const customerId = customerOf.get(id)!
    const isMerged = customerId !== homeCustomerId
    return { id: homeCustomerId, mergedInto: isMerged ? customerId : null, version: isMerged ? 1 : 0 }
  })
  const placed = rows.map((row) => ({ ...row, customerId: customerOf.get(row.id)! }))
  await together(tx, () => [insertRows(tx, customers, own, { conflict: 'error' }), insertRows(tx, profiles, placed, { conflict: 'error' })])
}

/** A profile that is not stored yet, as the graph sees it: a customer by itself. */
export const newcomerOf = ({ id, source, homeCustomerId: homeId, nameIndex, birthdayIndex, lastSeenAt }: ProfileRow): GraphProfile => ({
  id,
  source,
  homeId,
  customerId: homeId,
  nameIndex: nameIndex?.toString('hex') ?? null,
  birthdayIndex: birthdayIndex?.toString('hex') ?? null,
  lastSeenAt,
})
