import { type Conditions, contains, isPresent, matching } from '@renmai/platform/db/filters'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import type { Context } from '../context.ts'
import type { TagGroupFilter } from '../gen/resolvers.ts'
import { foldName } from './tag.rules.ts'
import { type TagGroup, tagGroups } from './tag.table.ts'

const CONDITIONS: Conditions<TagGroupFilter> = {
  nameContains: (part, field) => contains(tagGroups.foldedName)(foldName(part), field),
  isArchived: isPresent(tagGroups.archivedAt),
}

/** A page of tag groups, by name unless the arguments state another order. */
export function listTagGroups(
  ctx: Context,
  args: ListArgs & { filter?: TagGroupFilter | null | undefined },
): Promise<Connection<TagGroup>> {
  const where = matching(CONDITIONS, args.filter, { isArchived: false })
  return readPage(ctx, args, { table: tagGroups, by: tagGroups.foldedName, orders: { CREATED_AT: tagGroups.createdAt }, where })
}
