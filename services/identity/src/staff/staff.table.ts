import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

export const staff = pgTable(
  'staff',
  {
    tenantId: tenantId(),
    id: id(),
    subject: text().notNull(),
    name: text().notNull(),
    roles: text().array().notNull(),
    disabledAt: moment('disabled_at'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('staff_subject').on(t.tenantId, t.subject)],
)

export type Staff = typeof staff.$inferSelect
