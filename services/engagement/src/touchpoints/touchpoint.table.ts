import { bytes, id, moment, tenantId } from '@renmai/platform/db/columns'
import { failing, leasedIndexes, nextAt } from '@renmai/platform/work/leased'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

export const touchpoints = pgTable(
  'touchpoints',
  {
    tenantId: tenantId(),
    id: id(),
    sourceId: uuid('source_id').notNull(),
    messageId: text().notNull(),
    /** Null until identity has resolved the identifiers behind identityKey. */
    profileId: uuid('profile_id'),
    identityKey: bytes('identity_key').notNull(),
    type: text().notNull(),
    channel: text().notNull(),
    occurredAt: moment('occurred_at').notNull(),
    referenceId: uuid('reference_id'),
    properties: jsonb().$type<Record<string, string>>(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('touchpoints_once').on(t.tenantId, t.sourceId, t.messageId),
    index('touchpoints_profile').on(t.tenantId, t.profileId, t.occurredAt),
    index('touchpoints_unattached').on(t.tenantId, t.identityKey).where(sql`profile_id IS NULL`),
  ],
)

export type Touchpoint = typeof touchpoints.$inferSelect

/** Sets of identifiers whose profile is known. A profile never changes, so these rows stay valid. */
export const profileKeys = pgTable(
  'profile_keys',
  {
    tenantId: tenantId(),
    identityKey: bytes('identity_key').notNull(),
    profileId: uuid('profile_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.identityKey] })],
)

/** Claims that identity has not answered yet, sealed. A newer claim of the same identifiers replaces an older one. */
export const pendingClaims = pgTable(
  'pending_claims',
  {
    tenantId: tenantId(),
    identityKey: bytes('identity_key').notNull(),
    accountId: uuid('account_id').notNull(),
    claim: bytes('claim').notNull(),
    revision: integer().notNull().default(1),
    nextAt: nextAt(),
    ...failing(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.identityKey] }), ...leasedIndexes('pending_claims', t)],
)
