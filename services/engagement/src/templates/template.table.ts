import { tenantId } from '@renmai/platform/db/columns'
import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** Published templates of campaign, kept to render messages. */
export const templates = pgTable(
  'templates',
  {
    tenantId: tenantId(),
    id: uuid().notNull(),
    version: integer().notNull(),
    channel: text().notNull(),
    subjectTemplate: text().notNull(),
    bodyTemplate: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id, t.version] })],
)

export type Template = typeof templates.$inferSelect
