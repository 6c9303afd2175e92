import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

export type BulkStatus = 'CREATED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELED' | 'EXPIRED'

/** Queries whose whole list a viewer has requested as a file. */
export const bulkOperations = pgTable(
  'bulk_operations',
  {
    tenantId: tenantId(),
    id: id(),
    /** Viewer in whose name it is read, and who may download it. */
    viewerKind: text().$type<Viewer['kind']>().notNull(),
    viewerId: uuid('viewer_id').notNull(),
    document: text().notNull(),
    /** Scopes that the viewer had at the request. Each page is read with those of them that the viewer still has. */
    scopes: text().array().notNull().default([]),
    status: text().$type<BulkStatus>().notNull().default('CREATED'),
    /** Cursor after which the next page begins. */
    after: text().notNull().default(''),
    parts: integer().notNull().default(0),
    objectCount: bigint('object_count', { mode: 'number' }).notNull().default(0),
    fileSize: bigint('file_size', { mode: 'number' }).notNull().default(0),
    errorCode: text(),
    errorMessage: text(),
    /** Current attempt; a worker that was too slow has an older one and writes nothing. */
    attemptId: uuid('attempt_id'),
    /** Number of transient failures in a row. */
    failures: integer().notNull().default(0),
    nextAt: moment('next_at').notNull().defaultNow(),
    createdAt: createdAt(),
    endedAt: moment('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('bulk_operations_due').on(t.tenantId, t.nextAt).where(sql`status IN ('CREATED', 'RUNNING')`),
    index('bulk_operations_ended').on(t.tenantId, t.endedAt).where(sql`parts > 0`),
    index('bulk_operations_viewer').on(t.tenantId, t.viewerId, t.id),
  ],
)

export type BulkOperation = typeof bulkOperations.$inferSelect

/** Pages of the files, each sealed to its place. */
export const bulkParts = pgTable(
  'bulk_parts',
  { tenantId: tenantId(), operationId: uuid('operation_id').notNull(), part: integer().notNull(), lines: bytes('lines').notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.operationId, t.part] })],
)
