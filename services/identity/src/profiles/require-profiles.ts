import type { Tx } from '@renmai/platform/db/db'
import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { and, asc, eq, inArray } from 'drizzle-orm'
import { survivorsOf } from '../customers/customer.ts'
import { profileFailure } from './profile.failures.ts'
import { type Profile, profiles } from './profile.table.ts'

/**
 * Reads profiles by their ids, each once.
 * @param field path of the ids in the input
 * @throws AppError NOT_FOUND that names the first id without a profile
 */
export async function requireProfiles(tx: Tx, ids: readonly string[], field: string): Promise<Profile[]> {
  const rows = await tx
    .select()
    .from(profiles)
    .where(and(eq(profiles.tenantId, tx.tenantId), inArray(profiles.id, [...ids])))
  const found = new Set(rows.map(({ id }) => id))
  const missing = ids.find((id) => !found.has(id))
  if (missing) throw profileFailure('PROFILE_NOT_FOUND', field, { id: writeGlobalId('Profile', missing) })
  return rows
}

/**
 * Reads the profiles of customers, oldest first. The id of a merged customer leads to the survivor.
 * @param field path of the ids in the input
 * @throws AppError NOT_FOUND that names the first id without a customer
 */
export async function requireProfilesOf(tx: Tx, customerIds: readonly string[], field: string): Promise<Profile[]> {
  const survivors = await survivorsOf(tx, customerIds)
  const missing = customerIds.find((id) => !survivors.has(id))
  if (missing) throw profileFailure('CUSTOMER_NOT_FOUND', field, { id: writeGlobalId('Customer', missing) })
  const ids = [...survivors.values()].map(({ id }) => id)
  return tx
    .select()
    .from(profiles)
    .where(and(eq(profiles.tenantId, tx.tenantId), inArray(profiles.customerId, ids)))
    .orderBy(asc(profiles.id))
}
