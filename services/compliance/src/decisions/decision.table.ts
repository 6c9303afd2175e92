import { id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { CHANNELS } from '../consents/consent.table.ts'

/** Reasons of decisions: `SendReason` of the SDL. */
export const SEND_REASONS = [
  'CONSENT_GRANTED',
  'TRANSACTIONAL',
  'REQUIRED',
  'NO_CONSENT',
  'WITHDRAWN',
  'WITHDRAWN_MARKETING',
  'STALE_NOTICE',
  'EXPIRED',
  'BASIS_NOT_CONSENT',
  'LEVEL_TOO_LOW',
  'NOT_CONFIRMED',
  'NO_GUARDIAN',
  'UNKNOWN_PURPOSE',
  'PURPOSE_ARCHIVED',
] as const

export type SendReason = (typeof SEND_REASONS)[number]

/** Partitioned by the month of the id. One receipt per answer. A repeated question about a message gets another receipt, by the facts of that moment. */
export const decisions = pgTable(
  'decisions',
  {
    tenantId: tenantId(),
    id: id(),
    messageId: uuid('message_id').notNull(),
    profileId: uuid('profile_id').notNull(),
    customerId: uuid('customer_id'),
    /** Address that the message was to go to; null when the question named none. */
    identifierId: uuid('identifier_id'),
    purpose: text().notNull(),
    channel: text({ enum: CHANNELS }).notNull(),
    messageClass: text({ enum: ['COMMERCIAL', 'TRANSACTIONAL'] }).notNull(),
    /** Version of the purpose's terms that decided; null when the purpose was not defined. */
    purposeVersion: integer(),
    isAllowed: boolean().notNull(),
    /** The deciding reason first. */
    reasons: text({ enum: SEND_REASONS }).array().notNull(),
    consentIds: uuid('consent_ids').array().notNull(),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('decisions_message').on(t.tenantId, t.messageId),
    index('decisions_profile').on(t.tenantId, t.profileId),
    index('decisions_time').on(t.tenantId, t.at, t.id),
    index('decisions_purpose').on(t.tenantId, t.purpose, t.channel, t.id),
    index('decisions_channel').on(t.tenantId, t.channel, t.id),
    index('decisions_reason').on(t.tenantId, sql`(reasons[1])`, t.id),
    // Few messages are refused; a page of allowed ones is found among the newest.
    index('decisions_refused').on(t.tenantId, t.id).where(sql`NOT is_allowed`),
  ],
)

export type SendDecision = typeof decisions.$inferSelect
