import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** Outbound messages. Only the worker that holds attemptId changes the columns of the state machine. */
export const messages = pgTable(
  'messages',
  {
    tenantId: tenantId(),
    id: id(),
    profileId: uuid('profile_id').notNull(),
    channel: text().notNull(),
    purpose: text().notNull(),
    /** @NOTE Only the previous release reads this, as a message that needs consent; the next release drops the column. */
    messageClass: text().notNull().default('COMMERCIAL'),
    templateId: uuid('template_id').notNull(),
    templateVersion: integer().notNull(),
    variables: jsonb().$type<Record<string, string>>().notNull(),
    journeyId: uuid('journey_id'),
    state: text({ enum: ['PLANNED', 'CLAIMED', 'SENDING', 'SENT', 'BLOCKED', 'REJECTED', 'UNKNOWN'] })
      .notNull()
      .default('PLANNED'),
    /** Id of the current attempt; it fences off a worker whose lease has run out. */
    attemptId: uuid('attempt_id'),
    leaseUntil: moment('lease_until'),
    attempts: integer().notNull().default(0),
    nextAt: moment('next_at').notNull().defaultNow(),
    decisionId: uuid('decision_id'),
    providerId: text(),
    reasons: text().array().notNull().default([]),
    sentAt: moment('sent_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('messages_planned').on(t.tenantId, t.nextAt).where(sql`state = 'PLANNED'`),
    index('messages_leased').on(t.tenantId, t.leaseUntil).where(sql`state IN ('CLAIMED', 'SENDING')`),
    index('messages_profile').on(t.tenantId, t.profileId),
    index('messages_journey').on(t.tenantId, t.journeyId),
  ],
)

export type Message = typeof messages.$inferSelect
