import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

/** Why an endpoint is not sent anything. */
export type DisabledReason = 'BY_HAND' | 'FAILING' | 'GONE' | 'CLIENT_REVOKED'

/** Where partners are told what happens, and of what. */
export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    tenantId: tenantId(),
    id: id(),
    /** The API client as which the document is answered. */
    clientId: uuid('client_id').notNull(),
    url: text().notNull(),
    /** A GraphQL subscription: what is told, and of what. */
    document: text().notNull(),
    /** The field of Subscription. */
    field: text().notNull(),
    /** Full names of the events that feed it. */
    types: text().array().notNull(),
    /** Only events count that have this value in one of the fields. */
    value: text(),
    fields: text().array().notNull(),
    everyMs: integer('every_ms').notNull(),
    /** With which it was set up: it is answered with those of them that the client has then. */
    scopes: text().array().notNull().default([]),
    /** JSON of the signing secrets, sealed to the endpoint. */
    secrets: bytes('secrets').notNull(),
    previousSecretUntil: moment('previous_secret_until'),
    disabledReason: text().$type<DisabledReason>(),
    /** Since when nothing was delivered any more. */
    failingSince: moment('failing_since'),
    testedAt: moment('tested_at'),
    version: integer().notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index('webhook_endpoints_client').on(t.tenantId, t.clientId)],
)

export type WebhookEndpoint = typeof webhookEndpoints.$inferSelect

/** One try to deliver, as it is shown. */
export type Attempt = { at: string; status: number | null; problem: string | null; durationMs: number }

/** Events on their way to endpoints, and where they ended. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    tenantId: tenantId(),
    id: id(),
    endpointId: uuid('endpoint_id').notNull(),
    /** The event as JSON, with its full name as `type`; null for a test. */
    event: jsonb().$type<{ type: string } & Record<string, unknown>>(),
    /** What the event is about, where only the latest of several counts. */
    about: text(),
    isTest: boolean().notNull().default(false),
    state: text({ enum: ['PENDING', 'DELIVERED', 'FAILED', 'SKIPPED'] })
      .notNull()
      .default('PENDING'),
    /** Fences off a worker that was too slow. */
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
    uniqueIndex('webhook_deliveries_about').on(t.tenantId, t.endpointId, t.about).where(sql`state = 'PENDING' AND attempts = 0`),
  ],
)

export type WebhookDelivery = typeof webhookDeliveries.$inferSelect
