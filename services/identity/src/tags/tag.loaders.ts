import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { eq, sql } from 'drizzle-orm'
import { profiles } from '../profiles/profile.table.ts'
import { listedTags, type TagArgs } from './listed-tags.ts'
import { profileTags, tagGroups, tags } from './tag.table.ts'

export const tagLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => ({
  tag: rowsById(ctx, tags),
  tagGroup: rowsById(ctx, tagGroups),
  tagsOfGroup: pagesOf(
    ctx,
    (id) => eq(tags.groupId, id),
    (args: TagArgs) => listedTags(args),
  ),
  /** The tags of a customer's profiles. */
  tagsOfCustomer: pagesOf(
    ctx,
    (id) => sql`${tags.id} IN (SELECT ${profileTags.tagId} FROM ${profileTags} JOIN ${profiles}
      ON ${profiles.tenantId} = ${profileTags.tenantId} AND ${profiles.id} = ${profileTags.profileId}
      WHERE ${profileTags.tenantId} = ${tags.tenantId} AND ${profileTags.removedAt} IS NULL AND ${profiles.customerId} = ${id})`,
    (args: TagArgs) => listedTags(args),
  ),
})
