import { bytes, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
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
    /** Decides between values of one moment: see rankOf. Empty in rows of earlier releases. */
    rank: bytes('rank').notNull().default(sql`'\\x'`),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.field] })],
)

export type CardField = (typeof contactCards.$inferSelect)['field']
