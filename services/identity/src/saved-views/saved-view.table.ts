import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import type { Sentences } from '@renmai/platform/db/db'
import { boolean, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import type { OrderDirection, SavedViewKind } from '../gen/resolvers.ts'

export const savedViews = pgTable(
  'saved_views',
  {
    tenantId: tenantId(),
    id: id(),
    staffId: uuid('staff_id').notNull(),
    kind: text().$type<SavedViewKind>().notNull(),
    name: text().notNull(),
    /** JSON, sealed: conditions may name customers. */
    filter: bytes('filter'),
    orderField: text(),
    orderDirection: text().$type<OrderDirection>(),
    columns: text().array().notNull().default([]),
    isShared: boolean().notNull().default(false),
    version: integer().notNull().default(1),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('saved_views_name').on(t.tenantId, t.staffId, t.kind, t.name),
    index('saved_views_by_name').on(t.tenantId, t.name, t.id),
    index('saved_views_by_change').on(t.tenantId, t.updatedAt, t.id),
  ],
)

export type SavedView = typeof savedViews.$inferSelect

/** Fields that violate constraints, with messages. */
export const savedViewSentences: Sentences = {
  saved_views_name: ['name', 'You have a view of this name for this list; choose another name', 'SAVED_VIEW_NAME_TAKEN'],
}
