import { tenantId } from '@renmai/platform/db/columns'
import { index, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'

/** Identifiers that profiles carry, as identity publishes them, without their values. */
export const profileIdentifiers = pgTable(
  'profile_identifiers',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    identifierId: uuid('identifier_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.profileId, t.identifierId] }),
    index('profile_identifiers_identifier').on(t.tenantId, t.identifierId),
  ],
)
