import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { tagFailure } from './tag.failures.ts'
import { type Tag, type TagGroup, tagGroups, tags } from './tag.table.ts'

/**
 * Locks a tag for a change, or against one while it is used.
 * @throws AppError NOT_FOUND when there is no such tag
 */
export async function lockTag(tx: Tx, tagId: string, strength: 'share' | 'update' = 'update'): Promise<Tag> {
  const [tag] = await tx
    .select()
    .from(tags)
    .where(mine(tx, tags, tagId))
    .for(strength)
  if (!tag) throw tagFailure('TAG_NOT_FOUND', 'tagId')
  return tag
}

/**
 * Locks a group against archiving, or for a change.
 * @throws AppError NOT_FOUND when there is no such group
 */
export async function lockGroup(tx: Tx, groupId: string, strength: 'share' | 'update'): Promise<TagGroup> {
  const [group] = await tx
    .select()
    .from(tagGroups)
    .where(mine(tx, tagGroups, groupId))
    .for(strength)
  if (!group) throw tagFailure('TAG_GROUP_NOT_FOUND', 'groupId')
  return group
}

/**
 * Locks a group that gets a tag, so that it is not archived meanwhile.
 * @throws AppError NOT_FOUND, and CONFLICT for an archived group
 */
export async function requireOpenGroup(tx: Tx, groupId: string): Promise<void> {
  const { archivedAt } = await lockGroup(tx, groupId, 'share')
  if (archivedAt) throw tagFailure('TAG_GROUP_ARCHIVED', 'groupId')
}
