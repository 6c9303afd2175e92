import { createdAt, tenantId } from '@renmai/platform/columns'
import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

export const purposes = pgTable(
  'purposes',
  {
    tenantId: tenantId(),
    key: text().notNull(),
    name: text().notNull(),
    consentLevel: text({ enum: ['GENERAL', 'SEPARATE', 'WRITTEN'] }).notNull(),
    noticeVersion: integer().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.key] })],
)

export type Purpose = typeof purposes.$inferSelect

/** Every notice that was ever in force: what people agreed to must stay readable. */
export const notices = pgTable(
  'notices',
  {
    tenantId: tenantId(),
    purpose: text().notNull(),
    version: integer().notNull(),
    text: text().notNull(),
    hash: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.purpose, t.version] })],
)
