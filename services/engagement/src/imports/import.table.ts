import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { isNotNull } from 'drizzle-orm'
import { char, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { ImportNoteKind, RejectionReason } from '../gen/resolvers.ts'
import type { OrderMapping } from './order-row.rules.ts'

/** What an import did to values that it could not take as they were, with the number of rows and the first of them. */
export type ImportNotes = Partial<Record<ImportNoteKind, { rows: number; firstRow: number }>>

const count = () => integer().notNull().default(0)

export const orderImports = pgTable(
  'order_imports',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    fileName: text().notNull(),
    sha256: char({ length: 64 }).notNull(),
    /** Hash of the other parameters; with the file it is the identity of the job. Null in rows of earlier releases. */
    parameters: char({ length: 64 }),
    mapping: jsonb().$type<OrderMapping>().notNull(),
    /** Names of the columns of the file, in its order; null until its first line is read, and in rows of earlier releases. */
    columns: text().array(),
    currency: char({ length: 3 }).notNull(),
    zone: text().notNull(),
    state: text({ enum: ['RECEIVING', 'COMPLETED'] })
      .notNull()
      .default('RECEIVING'),
    /** Number of rows that are received or rejected; a repeated transfer continues behind them. */
    rowsDone: count(),
    orders: count(),
    refunds: count(),
    ordersNew: count(),
    ordersChanged: count(),
    ordersUnchanged: count(),
    /** Orders that have a rejected row. */
    ordersWaiting: count(),
    ordersSetAside: count(),
    notes: jsonb().$type<ImportNotes>().notNull().default({}),
    /** Id of the current transfer; its lease ends soon after the process that renews it. */
    receiver: uuid(),
    receivingUntil: moment('receiving_until'),
    completedAt: moment('completed_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex('order_imports_job').on(t.tenantId, t.accountId, t.sha256, t.parameters),
  ],
)

export type OrderImport = typeof orderImports.$inferSelect

/** Rows of a file until the file is whole and its orders are stored: rows of one order may be far apart. */
export const importRows = pgTable(
  'import_rows',
  {
    tenantId: tenantId(),
    importId: uuid('import_id').notNull(),
    row: integer().notNull(),
    orderNo: text().notNull(),
    /** The row as it was read, and its fields for the error file; sealed. */
    body: bytes('body').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.importId, t.row] }),
    index('import_rows_order').on(t.tenantId, t.importId, t.orderNo, t.row),
    index('import_rows_kept').on(t.tenantId, t.createdAt),
  ],
)

export const importErrors = pgTable(
  'import_errors',
  {
    tenantId: tenantId(),
    id: id().defaultRandom(),
    importId: uuid('import_id').notNull(),
    row: integer().notNull(),
    reason: text().$type<RejectionReason>().notNull(),
    /** Number of the row's order; null where it cannot be read. */
    orderNo: text(),
    /** The row's fields as JSON, sealed, for the error file; deleted after two weeks. */
    fields: bytes('fields'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.importId, t.row] }),
    uniqueIndex('import_errors_id').on(t.tenantId, t.id),
    index('import_errors_reason').on(t.tenantId, t.importId, t.reason, t.row),
    index('import_errors_order').on(t.tenantId, t.importId, t.orderNo),
    index('import_errors_kept').on(t.tenantId, t.createdAt).where(isNotNull(t.fields)),
  ],
)

export type RejectedRow = typeof importErrors.$inferSelect
