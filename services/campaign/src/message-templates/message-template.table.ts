import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import type { Variable } from './message-template.rules.ts'

/** Each version is a row, which never changes after it is published. */
export const templates = pgTable(
  'templates',
  {
    tenantId: tenantId(),
    id: id(),
    version: integer().notNull(),
    name: text().notNull(),
    channel: text().notNull(),
    subject: text().notNull(),
    body: text().notNull(),
    variables: jsonb().$type<Variable[]>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id, t.version] }), unique('templates_name').on(t.tenantId, t.name, t.version)],
)

export type MessageTemplate = typeof templates.$inferSelect
export type MessageTemplateVersionRow = MessageTemplate

/** Templates that are archived. Versions never change, so this stands beside them. */
export const archivedTemplates = pgTable(
  'archived_templates',
  {
    tenantId: tenantId(),
    id: id(),
    archivedAt: moment('archived_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)
