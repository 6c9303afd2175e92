import { tenantId } from '@renmai/platform/db/columns'
import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** Messages that steps requested: a person gets the message of a step once, by whichever of the person's profiles. */
export const journeyMessages = pgTable(
  'journey_messages',
  {
    tenantId: tenantId(),
    journeyId: uuid('journey_id').notNull(),
    nodeId: text().notNull(),
    profileId: uuid('profile_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.journeyId, t.nodeId, t.profileId] })],
)
