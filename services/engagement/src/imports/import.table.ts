import { createdAt, id, moment, tenantId } from '@renmai/platform/columns'
import { char, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import type { OrderMapping } from './order-row.rules.ts'

export const orderImports = pgTable(
  'order_imports',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    fileName: text().notNull(),
    sha256: char({ length: 64 }).notNull(),
    mapping: jsonb().$type<OrderMapping>().notNull(),
    currency: char({ length: 3 }).notNull(),
    zone: text().notNull(),
    state: text({ enum: ['RECEIVING', 'COMPLETED'] })
      .notNull()
      .default('RECEIVING'),
    /** Rows that are done with, stored or rejected: where to go on. */
    rowsDone: integer().notNull().default(0),
    orders: integer().notNull().default(0),
    refunds: integer().notNull().default(0),
    completedAt: moment('completed_at'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('order_imports_file').on(t.tenantId, t.accountId, t.sha256)],
)

export type OrderImport = typeof orderImports.$inferSelect

export const importErrors = pgTable(
  'import_errors',
  {
    tenantId: tenantId(),
    importId: uuid('import_id').notNull(),
    row: integer().notNull(),
    reason: text().notNull(),
    /** The row's fields, for the error file. */
    fields: text().array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.importId, t.row] })],
)
