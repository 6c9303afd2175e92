import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** Channels by which messages are sent: `MessageChannel` of the SDL, and `Channel` of proto. */
export const CHANNELS = ['WECOM', 'EMAIL', 'SMS', 'TELEGRAM'] as const

/** `ConsentLevel` of the SDL; each includes the ones before it. */
export const CONSENT_LEVELS = ['GENERAL', 'SEPARATE', 'WRITTEN'] as const

/** `LegalBasis` of the SDL. */
export const LEGAL_BASES = [
  'CONSENT',
  'CONTRACT',
  'LEGAL_DUTY',
  'EMERGENCY',
  'PUBLIC_INTEREST',
  'ALREADY_PUBLIC',
  'LEGITIMATE_INTEREST',
] as const

/** Facts, which never change. Of each subject the last one by `at` counts; of the same moment a withdrawal, then the last by `seq`. */
export const consents = pgTable(
  'consents',
  {
    tenantId: tenantId(),
    id: id(),
    seq: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
    /** Profile that the fact is about; null for a fact about an address. */
    profileId: uuid('profile_id'),
    /** Address that the fact is about, by the id that identity publishes: it counts for every profile that ever carries it. */
    identifierId: uuid('identifier_id'),
    purpose: text().notNull(),
    channel: text({ enum: CHANNELS }).notNull(),
    status: text({ enum: ['GRANTED', 'WITHDRAWN'] }).notNull(),
    level: text({ enum: CONSENT_LEVELS }).notNull().default('GENERAL'),
    /** Whether the person confirmed it from the address itself (double opt-in). */
    isConfirmed: boolean().notNull().default(false),
    basis: text({ enum: LEGAL_BASES }).notNull().default('CONSENT'),
    expiresAt: moment('expires_at'),
    guardianProfileId: uuid('guardian_profile_id'),
    noticeVersion: integer().notNull(),
    method: text().notNull(),
    evidence: text(),
    /** `Proof`, sealed: it holds addresses of devices. */
    proof: bytes('proof'),
    recordedBy: text().notNull(),
    at: moment('at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    check('consents_one_subject', sql`num_nonnulls(profile_id, identifier_id) = 1`),
    index('consents_subject').on(t.tenantId, t.profileId, t.purpose, t.channel),
    // The last fact of each subject, purpose and channel is found without the ones before it.
    index('consents_latest').on(t.tenantId, sql`coalesce(identifier_id, profile_id)`, t.purpose, t.channel, t.at, t.seq),
    index('consents_time').on(t.tenantId, t.at, t.id),
    index('consents_purpose').on(t.tenantId, t.purpose, t.channel, t.id),
  ],
)

export type Consent = typeof consents.$inferSelect
