import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { and, asc, eq, inArray } from 'drizzle-orm'
import { type CustomerIdentifierRow, identifiersOf } from './identifiers-of.ts'
import { listedProfiles, type ProfileArgs } from './listed-profiles.ts'
import { identifiers, profiles } from './profile.table.ts'

/** Loaders of profiles for resolvers. Each uses one statement, whatever the number of parents. */
export const profileLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => ({
  profile: rowsById(ctx, profiles),
  profilesOf: pagesOf(
    ctx,
    (id) => eq(profiles.customerId, id),
    (args: ProfileArgs) => listedProfiles(args),
  ),
  identifiersOf: tenantLoader<CustomerIdentifierRow[]>(ctx, identifiersOf),
  namespaces: tenantLoader<{ profileId: string; namespace: string }[]>(ctx, async (tx, ids) =>
    Map.groupBy(
      await tx
        .selectDistinct({ profileId: identifiers.profileId, namespace: identifiers.namespace })
        .from(identifiers)
        .where(and(eq(identifiers.tenantId, tx.tenantId), inArray(identifiers.profileId, [...ids])))
        .orderBy(asc(identifiers.namespace)),
      (row) => row.profileId,
    ),
  ),
})
