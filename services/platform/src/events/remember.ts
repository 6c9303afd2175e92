import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  ListPublishedRequestSchema,
  type ListPublishedResponse,
  ListPublishedResponseSchema,
  ReconcileService,
} from '@renmai/proto/platform/v1/reconcile_service'
import { type Db, withTenant } from '../db/db.ts'
import type { Answer } from './ask.ts'
import { asUnavailable, type Bus } from './bus.ts'
import { consumerName } from './consume.ts'
import { type Handler, markHandled } from './inbox.ts'

const PAGE = 5_000
const subjectFor = (service: string) => `${ReconcileService.typeName}.ListPublished.${service}`

/**
 * Restores lost marks of handled events whose effects still exist: every event that the consumers have acknowledged
 * counts as handled. Handling one again would count it twice. The service must not be running.
 * @param since start of the time in which the events were published
 * @returns the number of restored marks
 * @throws Error when a consumer still has pending events: those are not handled yet
 */
export async function remember(db: Db, bus: Bus, service: string, handlers: readonly Handler[], since: Date): Promise<number> {
  let marked = 0
  for (const handler of handlers) {
    for (const publisher of handler.publishers) {
      const consumer = consumerName(service, handler)
      const { num_pending: pending, num_ack_pending: open } = await bus.manager.consumers.info(publisher, consumer)
      if (pending + open > 0)
        throw new Error(`${consumer} has ${pending + open} events before it; let it handle them, stop the service and try again`)
      for (let after = 0n; ; ) {
        const { eventIds, tenantIds, next } = await listPublished(bus, publisher, handler.type, since, after)
        for (const [tenantId, ids] of Map.groupBy(eventIds, (_id, no) => tenantIds[no]!))
          marked += await withTenant(db, tenantId, async (tx) => (await markHandled(tx, consumer, ids)).size)
        if (next === 0n) break
        after = next
      }
    }
  }
  return marked
}

async function listPublished(bus: Bus, publisher: string, type: string, since: Date, after: bigint): Promise<ListPublishedResponse> {
  const request = create(ListPublishedRequestSchema, { type, since: timestampFromDate(since), after })
  const message = await bus.nats
    .request(subjectFor(publisher), toBinary(ListPublishedRequestSchema, request), { timeout: 10_000 })
    .catch((error) => {
      throw asUnavailable(error, publisher)
    })
  return fromBinary(ListPublishedResponseSchema, message.data)
}

/** The publisher's half. */
export function answerPublished(relayDb: Db, service: string): Answer {
  return {
    subject: subjectFor(service),
    reply: async (bytes) => {
      const { type, since, after } = fromBinary(ListPublishedRequestSchema, bytes)
      const { rows } = await relayDb.pool.query<{ id: number; event_id: string; tenant_id: string }>(
        `SELECT id, event_id, tenant_id FROM outbox
         WHERE id > $1 AND type = $2 AND published_at IS NOT NULL AND created_at >= $3 ORDER BY id LIMIT ${PAGE}`,
        [Number(after), type, since ? timestampDate(since) : new Date(0)],
      )
      const response = create(ListPublishedResponseSchema, {
        eventIds: rows.map((row) => row.event_id),
        tenantIds: rows.map((row) => row.tenant_id),
        next: rows.length === PAGE ? BigInt(rows.at(-1)!.id) : 0n,
      })
      return toBinary(ListPublishedResponseSchema, response)
    },
  }
}
