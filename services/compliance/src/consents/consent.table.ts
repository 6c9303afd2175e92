import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** Facts, which never change. The last one by `at`, then `seq`, counts. */
export const consents = pgTable(
  'consents',
  {
    tenantId: tenantId(),
    id: id(),
    seq: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
    profileId: uuid('profile_id').notNull(),
    purpose: text().notNull(),
    channel: text().notNull(),
    status: text({ enum: ['GRANTED', 'WITHDRAWN'] }).notNull(),
    noticeVersion: integer().notNull(),
    method: text().notNull(),
    evidence: text(),
    recordedBy: text().notNull(),
    at: moment('at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index('consents_subject').on(t.tenantId, t.profileId, t.purpose, t.channel)],
)

export type Consent = typeof consents.$inferSelect
