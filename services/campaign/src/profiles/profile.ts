import type { Tx } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import { and, eq } from 'drizzle-orm'
import { profileCustomers } from './profile-customer.table.ts'

/**
 * Checks that the tenant has this profile, from the events of identity. A new profile may arrive a moment later.
 * @throws AppError NOT_FOUND that names the field
 */
export async function requireProfile(tx: Tx, profileId: string): Promise<void> {
  const mine = and(eq(profileCustomers.tenantId, tx.tenantId), eq(profileCustomers.profileId, profileId))
  const [known] = await tx.select({ id: profileCustomers.profileId }).from(profileCustomers).where(mine)
  if (known) return
  throw new AppError('NOT_FOUND', 'No such profile; if it has only just been created, try again in a few seconds', {
    profileId: 'is not a known profile; if it has only just been created, try again in a few seconds',
  })
}
