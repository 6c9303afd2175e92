import type { Tx } from '@renmai/platform/db/db'
import { type Condition, requireId } from '@renmai/platform/db/filters'
import { followed } from '@renmai/platform/db/moved-ids'
import { through } from '@renmai/platform/db/rows-by-id'
import { and, asc, eq, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { merged } from './merged-customer.table.ts'
import { profileFailure } from './profile.failures.ts'
import { ofCustomer, profileCustomers } from './profile-customer.table.ts'

/**
 * Checks that the tenant has this profile, from the events of identity. A new profile may arrive a moment later.
 * @param field path of the id in the input
 * @returns the id of the profile
 * @throws AppError NOT_FOUND that names the field
 */
export async function requireProfile(tx: Tx, profileId: string, field: string): Promise<string> {
  const mine = and(eq(profileCustomers.tenantId, tx.tenantId), eq(profileCustomers.profileId, profileId))
  const [known] = await tx.select({ id: profileCustomers.profileId }).from(profileCustomers).where(mine)
  if (known) return known.id
  throw profileFailure('PROFILE_NOT_FOUND', field)
}

/**
 * The profile of a customer that stands for the customer: the same one each time, so that what hangs on it is not scattered.
 * @param customerId a customer, or one that was merged into it
 * @param field path of the id in the input
 * @throws AppError NOT_FOUND that names the field
 */
export async function requireCustomer(tx: Tx, customerId: string, field: string): Promise<string> {
  const current = followed(merged, sql`${customerId}::uuid`)
  const mine = and(eq(profileCustomers.tenantId, tx.tenantId), eq(profileCustomers.customerId, current))
  const profiles = tx.select({ id: profileCustomers.profileId }).from(profileCustomers).where(mine)
  const [first] = await profiles.orderBy(asc(profileCustomers.profileId)).limit(1)
  if (first) return first.id
  throw profileFailure('CUSTOMER_NOT_FOUND', field)
}

/** Rows of any of a customer's profiles. The customer may have been merged into another one meanwhile. */
export const isOfCustomer =
  (profileId: PgColumn): Condition<string> =>
  (customerId, field) =>
    through(profileId, ofCustomer)(followed(merged, sql`${requireId(customerId, field)}::uuid`))
