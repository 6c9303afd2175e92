import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { isNotNull } from 'drizzle-orm'
import { char, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
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
    /** Number of rows that are stored or rejected; a repeated transfer continues behind them. */
    rowsDone: integer().notNull().default(0),
    orders: integer().notNull().default(0),
    refunds: integer().notNull().default(0),
    /** Id of the current transfer; its lease ends soon after the process that renews it. */
    receiver: uuid(),
    receivingUntil: moment('receiving_until'),
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
    /** The row's fields as JSON, sealed, for the error file; deleted after two weeks. */
    fields: bytes('fields'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.importId, t.row] }),
    index('import_errors_kept').on(t.tenantId, t.createdAt).where(isNotNull(t.fields)),
  ],
)
