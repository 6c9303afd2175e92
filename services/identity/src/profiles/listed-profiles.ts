import { before, type Conditions, equals, from, matching } from '@renmai/platform/db/filters'
import type { ListArgs } from '@renmai/platform/db/read-page'
import type { ProfileFilter } from '../gen/resolvers.ts'
import { profiles } from './profile.table.ts'

const CONDITIONS: Conditions<ProfileFilter> = {
  source: equals(profiles.source),
  createdFrom: from(profiles.createdAt),
  createdBefore: before(profiles.createdAt),
}

export type ProfileArgs = ListArgs & { filter?: ProfileFilter | null | undefined }

/** Profiles that meet the filter, oldest first unless the arguments state another order. */
export const listedProfiles = ({ filter }: ProfileArgs) => ({
  table: profiles,
  by: profiles.id,
  orders: { CREATED_AT: profiles.createdAt },
  where: matching(CONDITIONS, filter),
})
