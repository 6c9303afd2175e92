import { type DescMessage, type MessageShape, toJson } from '@bufbuild/protobuf'
import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { type Handler, on } from '@renmai/platform/events/inbox'
import { newId } from '@renmai/platform/serve/ids'
import { and, arrayContains, eq, isNull } from 'drizzle-orm'
import { aboutOf, concerns } from './delivery.rules.ts'
import { webhookDeliveries, webhookEndpoints } from './webhook-endpoint.table.ts'
import { WEBHOOK_EVENTS } from './webhook-events.gen.ts'

/** Most endpoints of a tenant: each event is matched against all of them. */
export const MAX_ENDPOINTS = 1_000

/** Queues a delivery for each endpoint that an event matches, in the transaction that marks the events as consumed. */
export const queueDeliveries: Handler[] = WEBHOOK_EVENTS.map((schema: DescMessage) =>
  on(schema, `queue-deliveries-${schema.name}`, (tx, events) => queue(tx, schema, events)),
)

async function queue<D extends DescMessage>(tx: Tx, schema: D, events: readonly MessageShape<D>[]): Promise<void> {
  const listening = and(
    eq(webhookEndpoints.tenantId, tx.tenantId),
    isNull(webhookEndpoints.disabledReason),
    arrayContains(webhookEndpoints.types, [schema.typeName]),
  )
  const endpoints = await tx.select().from(webhookEndpoints).where(listening).limit(MAX_ENDPOINTS)
  if (endpoints.length === 0) return
  const { rows: clock } = await tx.client.query<{ now: Date }>('SELECT now()')
  const told = events.map((event) => ({ ...(toJson(schema, event) as object), type: schema.typeName }))
  const rows = endpoints.flatMap((endpoint) =>
    told
      .filter((event) => concerns(endpoint, event))
      .map((event) => ({
        id: newId(),
        endpointId: endpoint.id,
        event,
        about: aboutOf(endpoint, event),
        // The clock of the database, which also decides what is due.
        nextAt: new Date(clock[0]!.now.getTime() + endpoint.everyMs),
      })),
  )
  // One waiting delivery about a subject is enough, because it is resolved when it is sent.
  tx.work.add('webhook_deliveries')
  await insertRows(tx, webhookDeliveries, rows)
}
