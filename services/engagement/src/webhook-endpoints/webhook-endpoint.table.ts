import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { WebhookAttemptProblem } from '../gen/resolvers.ts'

/** Reason why nothing is sent to an endpoint. */
export type DisabledReason = 'BY_HAND' | 'FAILING' | 'GONE' | 'CLIENT_REVOKED'

/** Endpoints of partners that receive events. */
export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    tenantId: tenantId(),
    id: id(),
    /** The API client whose rights resolve the document. */
    clientId: uuid('client_id').notNull(),
    url: text().notNull(),
    /** A GraphQL subscription: it decides which events are sent, and which fields of them. */
    document: text().notNull(),
    /** The document's field of Subscription. */
    field: text().notNull(),
    /** Full names of the events that feed the field. */
    types: text().array().notNull(),
    /** Only events with this value in one of `fields` are delivered; null for all events. */
    value: text(),
    fields: text().array().notNull(),
    everyMs: integer('every_ms').notNull(),
    /** Scopes of the viewer that last set it up. The document is resolved with those that the client has at the time of sending. */
    scopes: text().array().notNull().default([]),
    /** JSON of the signing secrets, sealed to the endpoint. */
    secrets: bytes('secrets').notNull(),
    previousSecretUntil: moment('previous_secret_until'),
    disabledReason: text().$type<DisabledReason>(),
    /** When the present series of failures began; null when the last delivery succeeded. */
    failingSince: moment('failing_since'),
    testedAt: moment('tested_at'),
    version: integer().notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index('webhook_endpoints_client').on(t.tenantId, t.clientId)],
)

export type WebhookEndpoint = typeof webhookEndpoints.$inferSelect

/** One attempt to deliver, as the log shows it. */
export type Attempt = { at: string; status: number | null; problem: WebhookAttemptProblem | null; durationMs: number }

/** Deliveries of events to endpoints, with their state. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    tenantId: tenantId(),
    id: id(),
    endpointId: uuid('endpoint_id').notNull(),
    /** The event as JSON, with its full name as `type`; null for a test. */
    event: jsonb().$type<{ type: string } & Record<string, unknown>>(),
    /** The subject of the event, where only the latest of several counts; null otherwise. */
    about: text(),
    isTest: boolean().notNull().default(false),
    state: text({ enum: ['PENDING', 'DELIVERED', 'FAILED', 'SKIPPED'] })
      .notNull()
      .default('PENDING'),
    /** Id of the current attempt; it fences off a worker that was too slow. */
    attemptId: uuid('attempt_id'),
    /** Attempts since the delivery was put into the queue. */
    attempts: integer().notNull().default(0),
    nextAt: moment('next_at').notNull().defaultNow(),
    log: jsonb().$type<Attempt[]>().notNull().default([]),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('webhook_deliveries_due').on(t.tenantId, t.nextAt).where(sql`state = 'PENDING'`),
    index('webhook_deliveries_endpoint_due').on(t.tenantId, t.endpointId, t.nextAt).where(sql`state = 'PENDING'`),
    index('webhook_deliveries_endpoint').on(t.tenantId, t.endpointId, t.id),
    index('webhook_deliveries_state').on(t.tenantId, t.endpointId, t.state, t.id),
    uniqueIndex('webhook_deliveries_about').on(t.tenantId, t.endpointId, t.about).where(sql`state = 'PENDING' AND attempts = 0`),
  ],
)

export type WebhookDelivery = typeof webhookDeliveries.$inferSelect
