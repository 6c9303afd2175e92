import { type Conditions, contains, isPresent, matching } from '@renmai/platform/db/filters'
import type { ListArgs } from '@renmai/platform/db/read-page'
import type { TagFilter } from '../gen/resolvers.ts'
import { foldName } from './tag.rules.ts'
import { tags } from './tag.table.ts'

const CONDITIONS: Conditions<TagFilter> = {
  nameContains: (part, field) => contains(tags.foldedName)(foldName(part), field),
  isArchived: isPresent(tags.archivedAt),
}

export type TagArgs = ListArgs & { filter?: TagFilter | null | undefined }

/** Tags that meet the filter. */
export const listedTags = ({ filter }: TagArgs) => ({
  table: tags,
  by: tags.id,
  orders: { NAME: tags.foldedName, CREATED_AT: tags.createdAt },
  where: matching(CONDITIONS, filter),
})

/** The arguments with the order of tags where they state none. */
export const byName = <A extends TagArgs>(args: A): A => ({ ...args, orderBy: args.orderBy ?? { field: 'NAME' } })

/** The arguments without archived tags, where the filter does not state whether it wants them. */
export const unarchived = <A extends TagArgs>(args: A): A => ({
  ...args,
  filter: { ...args.filter, isArchived: args.filter?.isArchived ?? false },
})
