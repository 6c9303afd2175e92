import type { Tx } from '@renmai/platform/db/db'
import { z } from 'zod'
import { requireProfiles, requireProfilesOf } from '../profiles/profile.ts'

export const TagTarget = z
  .object({
    profileIds: z.array(z.uuid()).min(1).max(500).nullish(),
    customerIds: z.array(z.uuid()).min(1).max(100).nullish(),
  })
  .refine(({ profileIds, customerIds }) => !profileIds !== !customerIds, 'has exactly one of profileIds, customerIds')

/**
 * Ids of the profiles that a target names: of customers all that they have now.
 * @throws AppError NOT_FOUND for a profile or customer that does not exist
 */
export async function profilesAt(tx: Tx, { profileIds, customerIds }: z.output<typeof TagTarget>): Promise<string[]> {
  const found = profileIds
    ? await requireProfiles(tx, profileIds, 'target.profileIds')
    : await requireProfilesOf(tx, customerIds!, 'target.customerIds')
  return found.map(({ id }) => id)
}
