import { createdAt, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { boolean, check, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

const terms = {
  consentLevel: text({ enum: ['GENERAL', 'SEPARATE', 'WRITTEN'] }).notNull(),
  messageClass: text({ enum: ['COMMERCIAL', 'TRANSACTIONAL'] })
    .notNull()
    .default('COMMERCIAL'),
  /** Required by law or contract: sent despite every withdrawal. */
  isRequired: boolean().notNull().default(false),
  /** A consent counts only when the person confirmed it from the address itself. */
  isDoubleOptIn: boolean().notNull().default(false),
  /** It is directed at people of whom the law wants a guardian's consent. */
  isForMinors: boolean().notNull().default(false),
  noticeVersion: integer().notNull(),
}

export const purposes = pgTable(
  'purposes',
  {
    tenantId: tenantId(),
    id: uuid().notNull().defaultRandom(),
    key: text().notNull(),
    name: text().notNull(),
    ...terms,
    /** Raised by each change; 0 for a purpose that was defined before versions were stored. */
    version: integer().notNull().default(0),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    archivedAt: moment('archived_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.key] }),
    unique('purposes_id').on(t.tenantId, t.id),
    check('purposes_required', sql`message_class = 'TRANSACTIONAL' OR NOT is_required`),
  ],
)

export type Purpose = typeof purposes.$inferSelect

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

export type PurposeVersion = typeof purposeVersions.$inferSelect

/** Every notice that was ever in force. The texts that people agreed to must stay readable. */
export const notices = pgTable(
  'notices',
  {
    tenantId: tenantId(),
    id: uuid().notNull().defaultRandom(),
    purpose: text().notNull(),
    version: integer().notNull(),
    text: text().notNull(),
    hash: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.purpose, t.version] }), unique('notices_id').on(t.tenantId, t.id)],
)

export type PurposeNotice = typeof notices.$inferSelect
