import { id, moment, tenantId } from '@renmai/platform/db/columns'
import { boolean, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** One receipt per answer. A repeated question about a message gets another receipt, by the facts of that moment. */
export const decisions = pgTable(
  'decisions',
  {
    tenantId: tenantId(),
    id: id(),
    messageId: uuid('message_id').notNull(),
    profileId: uuid('profile_id').notNull(),
    customerId: uuid('customer_id'),
    purpose: text().notNull(),
    channel: text().notNull(),
    messageClass: text({ enum: ['COMMERCIAL', 'TRANSACTIONAL'] }).notNull(),
    /** Version of the purpose's terms that decided; null when the purpose was not defined. */
    purposeVersion: integer(),
    isAllowed: boolean().notNull(),
    reasons: text().array().notNull(),
    consentIds: uuid('consent_ids').array().notNull(),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('decisions_message').on(t.tenantId, t.messageId),
    index('decisions_profile').on(t.tenantId, t.profileId),
    index('decisions_time').on(t.tenantId, t.at),
  ],
)

export type Decision = typeof decisions.$inferSelect
