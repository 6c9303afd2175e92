import { bytes, moment, tenantId } from '@renmai/platform/db/columns'
import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** Personal data to reach and greet a person by, each field sealed to its tenant, profile and name. */
export const contactCards = pgTable(
  'contact_cards',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    field: text({ enum: ['phone', 'email', 'display_name'] }).notNull(),
    sealed: bytes('sealed').notNull(),
    observedAt: moment('observed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.field] })],
)

export type CardField = (typeof contactCards.$inferSelect)['field']
