import { createdAt, tenantId } from '@renmai/platform/db/columns'
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

export const tenants = pgTable(
  'tenants',
  {
    tenantId: tenantId(),
    name: text().notNull(),
    zone: text().notNull(),
    currency: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId] })],
)

export type Tenant = typeof tenants.$inferSelect
