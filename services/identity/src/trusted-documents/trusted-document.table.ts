import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { index, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

export const trustedDocuments = pgTable(
  'trusted_documents',
  {
    tenantId: tenantId(),
    /** The default is for a replica that does not know the column. */
    id: id().default(sql`uuidv7()`),
    /** SHA-256 of the body, in hex. */
    hash: text().notNull(),
    name: text(),
    body: text().notNull(),
    createdAt: createdAt(),
    retiredAt: moment('retired_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.hash] }),
    unique('trusted_documents_id').on(t.tenantId, t.id),
    index('trusted_documents_created').on(t.tenantId, t.createdAt, t.hash),
  ],
)

export type TrustedDocument = typeof trustedDocuments.$inferSelect
