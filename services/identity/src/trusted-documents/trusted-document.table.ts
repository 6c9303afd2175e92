import { createdAt, moment, tenantId } from '@renmai/platform/db/columns'
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

export const trustedDocuments = pgTable(
  'trusted_documents',
  {
    tenantId: tenantId(),
    /** SHA-256 of the body, in hex. */
    hash: text().notNull(),
    name: text(),
    body: text().notNull(),
    createdAt: createdAt(),
    retiredAt: moment('retired_at'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.hash] })],
)
