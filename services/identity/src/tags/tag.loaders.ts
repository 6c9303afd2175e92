import { rowsById, rowsOf } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { asc, eq, sql } from 'drizzle-orm'
import { profiles } from '../profiles/profile.table.ts'
import { profileTags, tagGroups, tags } from './tag.table.ts'

const MAX_TAGS = 1_000

export const tagLoaders = (ctx: BaseContext) => ({
  tag: rowsById(ctx, tags),
  tagGroup: rowsById(ctx, tagGroups),
  tagsOfGroup: rowsOf(ctx, { table: tags, of: (id) => eq(tags.groupId, id), order: asc(tags.foldedName), perParent: MAX_TAGS }),
  /** The tags of a customer's profiles. */
  tags: rowsOf(ctx, {
    table: tags,
    of: (id) => sql`${tags.id} IN (SELECT ${profileTags.tagId} FROM ${profileTags} JOIN ${profiles}
      ON ${profiles.tenantId} = ${profileTags.tenantId} AND ${profiles.id} = ${profileTags.profileId}
      WHERE ${profileTags.tenantId} = ${tags.tenantId} AND ${profileTags.removedAt} IS NULL AND ${profiles.customerId} = ${id})`,
    order: asc(tags.foldedName),
    perParent: MAX_TAGS,
  }),
})
