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
    channel: text({ enum: ['WECOM', 'EMAIL', 'SMS', 'TELEGRAM'] }).notNull(),
    purpose: text().notNull(),
    /** @NOTE Only the previous release reads this, as a message that needs consent; the next release drops the column. */
    messageClass: text().notNull().default('COMMERCIAL'),
    templateId: uuid('template_id').notNull(),
    templateVersion: integer().notNull(),
    variables: jsonb().$type<Record<string, string>>().notNull(),
    journeyId: uuid('journey_id'),
    state: text({ enum: ['PLANNED', 'CLAIMED', 'SENDING', 'WAITING_FOR_STAFF', 'SENT', 'BLOCKED', 'REJECTED', 'EXPIRED', 'UNKNOWN'] })
      .notNull()
      .default('PLANNED'),
    /** Id of the current attempt; it fences off a worker whose lease has run out. */
    attemptId: uuid('attempt_id'),
    leaseUntil: moment('lease_until'),
    attempts: integer().notNull().default(0),
    nextAt: moment('next_at').notNull().defaultNow(),
    decisionId: uuid('decision_id'),
    /** The account that sends the message; null before it was chosen. */
    accountId: uuid('account_id'),
    /** For a message that a member of staff sends: the contact, and the task. */
    contactId: uuid('contact_id'),
    taskId: uuid('task_id'),
    /** Id of the address that the gate decided about, for a message that waits for staff: the gate decides about it again. */
    identifierId: uuid('identifier_id'),
    /** The last withdrawal that may concern a message which waits for staff, until the gate has decided again. */
    doubt: uuid(),
    providerId: text(),
    reasons: text().array().notNull().default([]),
    sentAt: moment('sent_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('messages_planned').on(t.tenantId, t.nextAt).where(sql`state = 'PLANNED'`),
    index('messages_leased').on(t.tenantId, t.leaseUntil).where(sql`state IN ('CLAIMED', 'SENDING')`),
    index('messages_of_profile').on(t.tenantId, t.profileId, t.createdAt),
    index('messages_of_journey').on(t.tenantId, t.journeyId, t.id),
    index('messages_created').on(t.tenantId, t.createdAt, t.id),
    index('messages_channel').on(t.tenantId, t.channel, t.id),
    /** Nearly all others are sent: the list in its own order finds them. */
    index('messages_not_sent').on(t.tenantId, t.state, t.id).where(sql`state IN ('BLOCKED', 'REJECTED', 'UNKNOWN')`),
    index('messages_with_staff').on(t.tenantId, t.state, t.id).where(sql`state IN ('WAITING_FOR_STAFF', 'EXPIRED')`),
    index('messages_of_task').on(t.tenantId, t.taskId).where(sql`task_id IS NOT NULL`),
  ],
)

export type Message = typeof messages.$inferSelect
