import { bytes, id, moment, tenantId } from '@renmai/platform/db/columns'
import { failing, leasedIndexes, nextAt } from '@renmai/platform/work/leased'
import { sql } from 'drizzle-orm'
import { date, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { TouchpointDetailsRow } from './read-details.ts'

/** Partitioned by the month of the id, which is when the row came: an event may state any time. */
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
    /** Free text of the source. */
    properties: jsonb().$type<Record<string, string>>(),
    details: jsonb().$type<TouchpointDetailsRow>(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('touchpoints_profile').on(t.tenantId, t.profileId, t.occurredAt),
    /** Ranges of time only: a tree in this place would cost the intake as much as the index by profile does. */
    index('touchpoints_time').using('brin', t.tenantId, t.occurredAt),
    index('touchpoints_unattached').on(t.tenantId, t.identityKey).where(sql`profile_id IS NULL`),
  ],
)

/** Events that were received: a repeated one is found for as long as its key stays. Partitioned by week. */
export const eventKeys = pgTable(
  'event_keys',
  {
    tenantId: tenantId(),
    sourceId: uuid('source_id').notNull(),
    messageId: text().notNull(),
    /** Monday of the week in which the event was received. */
    week: date().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.sourceId, t.messageId, t.week] })],
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

/** Claims that identity has not answered yet, sealed: one for each event, so that none replaces the content of another one. */
export const eventClaims = pgTable(
  'event_claims',
  {
    tenantId: tenantId(),
    id: id(),
    /** Not unique: several events of one person may wait. */
    identityKey: bytes('identity_key').notNull(),
    accountId: uuid('account_id').notNull(),
    claim: bytes('claim').notNull(),
    nextAt: nextAt(),
    ...failing(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), ...leasedIndexes('event_claims', t)],
)

/** As eventClaims, one for each person: only replicas of the previous release write it during an update. */
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
