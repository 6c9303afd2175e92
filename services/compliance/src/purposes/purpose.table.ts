import { createdAt, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { boolean, check, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

const terms = {
  consentLevel: text({ enum: ['GENERAL', 'SEPARATE', 'WRITTEN'] }).notNull(),
  messageClass: text({ enum: ['COMMERCIAL', 'TRANSACTIONAL'] })
    .notNull()
    .default('COMMERCIAL'),
  /** Required by law or contract: sent despite every withdrawal. */
  isRequired: boolean().notNull().default(false),
  noticeVersion: integer().notNull(),
}

export const purposes = pgTable(
  'purposes',
  {
    tenantId: tenantId(),
    key: text().notNull(),
    name: text().notNull(),
    ...terms,
    /** Raised by each change of the terms; 0 for a purpose that was defined before versions were stored. */
    version: integer().notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.key] }),
    check('purposes_required', sql`message_class = 'TRANSACTIONAL' OR NOT is_required`),
  ],
)

export type Purpose = typeof purposes.$inferSelect

/** A purpose with its notice in force. */
export type PurposeRow = Purpose & { noticeHash: string; noticeText: string }

/** Terms of each version. The terms behind a receipt, and their author, must stay readable. */
export const purposeVersions = pgTable(
  'purpose_versions',
  {
    tenantId: tenantId(),
    purpose: text().notNull(),
    version: integer().notNull(),
    ...terms,
    definedBy: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.purpose, t.version] })],
)

/** Every notice that was ever in force. The texts that people agreed to must stay readable. */
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
