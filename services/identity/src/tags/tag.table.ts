import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import type { Sentences } from '@renmai/platform/db/db'
import { foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

export const tagGroups = pgTable(
  'tag_groups',
  {
    tenantId: tenantId(),
    id: id(),
    name: text().notNull(),
    /** The name without case and width, unique among groups. */
    foldedName: text('folded_name').notNull(),
    archivedAt: moment('archived_at'),
    version: integer().notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('tag_groups_name').on(t.tenantId, t.foldedName)],
)

export type TagGroup = typeof tagGroups.$inferSelect

export const tags = pgTable(
  'tags',
  {
    tenantId: tenantId(),
    id: id(),
    groupId: uuid('group_id').notNull(),
    name: text().notNull(),
    foldedName: text('folded_name').notNull(),
    archivedAt: moment('archived_at'),
    version: integer().notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('tags_name').on(t.tenantId, t.groupId, t.foldedName),
    index('tags_folded_name').on(t.tenantId, t.foldedName, t.id),
    foreignKey({ name: 'tags_group_exists', columns: [t.tenantId, t.groupId], foreignColumns: [tagGroups.tenantId, tagGroups.id] }),
  ],
)

export type Tag = typeof tags.$inferSelect

/** Tags on profiles. A removed tag keeps its row, so that the history stays. */
export const profileTags = pgTable(
  'profile_tags',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    tagId: uuid('tag_id').notNull(),
    addedAt: moment('added_at').notNull(),
    removedAt: moment('removed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.profileId, t.tagId] }),
    index('profile_tags_tag').on(t.tenantId, t.tagId),
    foreignKey({ name: 'profile_tags_tag_exists', columns: [t.tenantId, t.tagId], foreignColumns: [tags.tenantId, tags.id] }),
  ],
)

/** Fields that violate constraints, with messages. */
export const tagSentences: Sentences = {
  profile_tags_tag_exists: ['tagId', 'There is no such tag', 'TAG_NOT_FOUND'],
  tag_groups_name: ['name', 'A tag group of this name exists, or is archived; choose another name', 'TAG_GROUP_NAME_TAKEN'],
  tags_group_exists: ['groupId', 'There is no such tag group', 'TAG_GROUP_NOT_FOUND'],
  tags_name: ['name', 'A tag of this name exists in this group, or is archived; choose another name', 'TAG_NAME_TAKEN'],
}
