import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import type { Sentences } from '@renmai/platform/db/db'
import { index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

export const staff = pgTable(
  'staff',
  {
    tenantId: tenantId(),
    id: id(),
    subject: text().notNull(),
    name: text().notNull(),
    roles: text().array().notNull(),
    disabledAt: moment('disabled_at'),
    version: integer().notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('staff_subject').on(t.tenantId, t.subject),
    index('staff_name').on(t.tenantId, t.name, t.id),
    index('staff_everywhere').on(t.subject, t.tenantId),
  ],
)

export type Staff = typeof staff.$inferSelect

/** Fields that violate constraints, with messages. */
export const staffSentences: Sentences = {
  staff_subject: ['subject', 'A staff member signs in by this subject already', 'STAFF_SUBJECT_TAKEN'],
}
