import { moment, tenantId } from '@renmai/platform/db/columns'
import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

export const preferences = pgTable(
  'preferences',
  {
    tenantId: tenantId(),
    staffId: uuid('staff_id').notNull(),
    key: text().notNull(),
    value: text().notNull(),
    version: integer().notNull().default(1),
    updatedAt: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.staffId, t.key] })],
)

export type Preference = typeof preferences.$inferSelect
