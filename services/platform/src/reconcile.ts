import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { metrics } from '@opentelemetry/api'
import { FindMissingRequestSchema, FindMissingResponseSchema, ReconcileService } from '@renmai/proto/platform/v1/reconcile_service'
import type { Answer } from './ask.ts'
import { asUnavailable, type Bus } from './bus.ts'
import type { Db } from './db.ts'
import { type Loop, loop } from './loop.ts'
import { type OutboxRow, publishRows } from './relay.ts'

/** An event younger than this may still be under way. */
const SETTLED_PERIODS = 0.4
const LOOK_BACK_PERIODS = 3
const SLICE = 5_000
const repaired = metrics
  .getMeter('renmai')
  .createCounter('renmai_reconciler_republished', { description: 'Events published again because a consumer lacked them' })

/**
 * Proves that what was published was heard. JetStream can lose a block or a stream by accident; the outbox cannot. In
 * every period the events that are old enough to have been handled are compared with each consumer's inbox, and
 * published again where one is missing. Consumers that have them drop the copies.
 */
export function startReconciler(relayDb: Db, bus: Bus, service: string, periodSeconds: number): Loop {
  const periodMs = periodSeconds * 1_000
  return loop('reconciler', bus.log, { pollMs: periodMs }, async () => {
    const to = new Date(Date.now() - SETTLED_PERIODS * periodMs)
    const from = new Date(to.getTime() - LOOK_BACK_PERIODS * periodMs)
    await reconcile(relayDb, bus, service, from, to)
    return 0
  })
}

/** Compares one span of time and publishes what any consumer lacks. Returns how many events were published again. */
export async function reconcile(relayDb: Db, bus: Bus, service: string, from: Date, to: Date): Promise<number> {
  let total = 0
  for await (const { name, config } of bus.manager.consumers.list(service)) {
    const type = config.filter_subject?.split('.').slice(0, 4).join('.') ?? ''
    const { rows } = await relayDb.pool.query<{ event_id: string }>(
      `SELECT event_id FROM outbox WHERE type = $1 AND published_at IS NOT NULL AND created_at BETWEEN $2 AND $3 ORDER BY id`,
      [type, from, to],
    )
    for (let at = 0; at < rows.length; at += SLICE) {
      total += await repair(
        relayDb,
        bus,
        service,
        name,
        rows.slice(at, at + SLICE).map((row) => row.event_id),
      )
    }
  }
  repaired.add(total)
  return total
}

async function repair(relayDb: Db, bus: Bus, service: string, consumer: string, eventIds: string[]): Promise<number> {
  const listener = consumer.slice(0, consumer.indexOf('_'))
  const missing = await findMissing(bus, listener, consumer, eventIds)
  if (missing.length === 0) return 0
  const { rows } = await relayDb.pool.query<OutboxRow>(
    'SELECT id, event_id, tenant_id, type, payload, trace, created_at FROM outbox WHERE event_id = ANY($1) ORDER BY id',
    [missing],
  )
  for (let at = 0; at < rows.length; at += 500) await publishRows(bus, service, rows.slice(at, at + 500))
  bus.log.warn({ consumer, events: rows.length }, 'events were missing and have been published again')
  return rows.length
}

const subjectFor = (service: string) => `${ReconcileService.typeName}.FindMissing.${service}`

async function findMissing(bus: Bus, service: string, consumer: string, eventIds: string[]): Promise<string[]> {
  const request = toBinary(FindMissingRequestSchema, create(FindMissingRequestSchema, { consumer, eventIds }))
  const message = await bus.nats.request(subjectFor(service), request, { timeout: 10_000 }).catch((error) => {
    throw asUnavailable(error, service)
  })
  return fromBinary(FindMissingResponseSchema, message.data).eventIds
}

/** The consumer's half: compares the ids with this service's inbox and dead letters. */
export function answerReconciler(relayDb: Db, service: string): Answer {
  return {
    subject: subjectFor(service),
    reply: async (bytes) => {
      const { consumer, eventIds } = fromBinary(FindMissingRequestSchema, bytes)
      const { rows } = await relayDb.pool.query<{ id: string }>(
        `SELECT e.id FROM unnest($2::uuid[]) AS e (id)
         WHERE NOT EXISTS (SELECT 1 FROM inbox i WHERE i.consumer = $1 AND i.event_id = e.id)
           AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.consumer = $1 AND d.event_id = e.id::text)`,
        [consumer, eventIds],
      )
      return toBinary(FindMissingResponseSchema, create(FindMissingResponseSchema, { eventIds: rows.map((row) => row.id) }))
    },
  }
}
