import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { ConsumerInfo } from '@nats-io/jetstream'
import { FindMissingRequestSchema, FindMissingResponseSchema, ReconcileService } from '@renmai/proto/platform/v1/reconcile_service'
import type { Db } from '../db/db.ts'
import { pause } from '../serve/clock.ts'
import { meter } from '../serve/meter.ts'
import { type Loop, loop } from '../work/loop.ts'
import type { Answer } from './ask.ts'
import { asUnavailable, type Bus } from './bus.ts'
import type { OutboxRow } from './envelope.ts'
import { publishRows } from './relay.ts'

/** Events that were published less than this part of a period ago may still be in flight. */
const SETTLED = 0.4
/** A service that was down for less than this misses nothing: its position is not stored. */
const LOOK_BACK_MS = 86_400_000
const SLICE = 5_000
const repaired = meter.createCounter('renmai_reconciler_republished', {
  description: 'Events published again because a consumer lacked them',
})

/**
 * Verifies that published events were consumed. JetStream can lose a block or a stream by accident; the outbox cannot.
 * In every period, the events that were published since the previous one are compared with the inbox of each consumer.
 * Missing events are published again; consumers that have them drop the copies. A span is done when no event was
 * missing in it.
 * @param isLeader whether it is this replica's turn
 */
export function startReconciler(relayDb: Db, bus: Bus, service: string, periodSeconds: number, isLeader = () => true): Loop {
  const doneUntil = new Map<string, Date>()
  return loop('reconciler', bus.log, { pollMs: periodSeconds * 1_000 }, async () => {
    if (!isLeader()) return 0
    const to = await timeOf(relayDb, SETTLED * periodSeconds)
    for await (const consumer of bus.manager.consumers.list(service)) {
      const from = doneUntil.get(consumer.name) ?? new Date(to.getTime() - LOOK_BACK_MS)
      if ((await reconcileConsumer(relayDb, bus, service, consumer, from, to)) === 0) doneUntil.set(consumer.name, to)
    }
    return 0
  })
}

/**
 * Compares the events that were published in one span of time with the inboxes of all consumers, and publishes again
 * those that any of them lacks.
 * @returns the number of events that were published again, and of consumers that still have pending events and were left for later
 */
export async function reconcile(
  relayDb: Db,
  bus: Bus,
  service: string,
  from: Date,
  to: Date,
): Promise<{ published: number; busy: number }> {
  const done = { published: 0, busy: 0 }
  for await (const consumer of bus.manager.consumers.list(service)) {
    const published = await reconcileConsumer(relayDb, bus, service, consumer, from, to)
    if (published < 0) done.busy++
    else done.published += published
  }
  return done
}

const AGAIN_MS = 1_000

/** The same by hand, after the loss of a stream, an inbox or a database: repeats until no consumer lacks an event. */
export async function reconcileUntilDone(relayDb: Db, bus: Bus, service: string, since: Date, tell: (line: string) => void): Promise<void> {
  for (;;) {
    const { published, busy } = await reconcile(relayDb, bus, service, since, await timeOf(relayDb, 0))
    tell(`${service}: ${published} events published again, ${busy} consumers still have events before them`)
    if (published === 0 && busy === 0) return
    await pause(AGAIN_MS)
  }
}

/** Reads the clock that wrote published_at. By a clock that is ahead, events that are published until then would never be checked. */
async function timeOf({ pool }: Db, secondsAgo: number): Promise<Date> {
  const { rows } = await pool.query<{ time: Date }>("SELECT now() - $1 * interval '1 second' AS time", [secondsAgo])
  return rows[0]!.time
}

/** @returns -1 when the consumer still has pending events: the events that it lacks may be among them */
async function reconcileConsumer(relayDb: Db, bus: Bus, service: string, consumer: ConsumerInfo, from: Date, to: Date): Promise<number> {
  if (consumer.num_pending > 0 || consumer.num_ack_pending > 0) return -1
  const [subject = ''] = consumer.config.filter_subjects ?? []
  const type = (consumer.config.filter_subject ?? subject).split('.').slice(0, 4).join('.')
  let total = 0
  for (let last = 0; ; ) {
    const { rows } = await relayDb.pool.query<{ id: number; event_id: string; tenant_id: string }>(
      `SELECT id, event_id, tenant_id FROM outbox WHERE id > $1 AND type = $2 AND published_at >= $3 AND published_at < $4
         AND created_at BETWEEN $3::timestamptz - interval '1 day' AND $4 ORDER BY id LIMIT ${SLICE}`,
      [last, type, from, to],
    )
    if (rows.length > 0) total += await repair(relayDb, bus, service, consumer.name, rows)
    if (rows.length < SLICE) break
    last = rows.at(-1)!.id
  }
  repaired.add(total)
  return total
}

type Event = { event_id: string; tenant_id: string }

async function repair(relayDb: Db, bus: Bus, service: string, consumer: string, events: Event[]): Promise<number> {
  const listener = consumer.slice(0, consumer.indexOf('_'))
  const missing = await findMissing(bus, listener, consumer, events)
  if (missing.length === 0) return 0
  const { rows } = await relayDb.pool.query<OutboxRow>(
    'SELECT id, event_id, tenant_id, type, payload, trace, created_at FROM outbox WHERE event_id = ANY($1) ORDER BY id',
    [missing],
  )
  for (let at = 0; at < rows.length; at += 500) await publishRows(bus, service, rows.slice(at, at + 500), { isRepair: true })
  bus.log.warn({ consumer, events: rows.length }, 'events were missing and have been published again')
  return rows.length
}

const subjectFor = (service: string) => `${ReconcileService.typeName}.FindMissing.${service}`

async function findMissing(bus: Bus, service: string, consumer: string, events: Event[]): Promise<string[]> {
  const [eventIds, tenantIds] = [events.map((event) => event.event_id), events.map((event) => event.tenant_id)]
  const request = toBinary(FindMissingRequestSchema, create(FindMissingRequestSchema, { consumer, eventIds, tenantIds }))
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
      const { consumer, eventIds, tenantIds } = fromBinary(FindMissingRequestSchema, bytes)
      const { rows } = await relayDb.pool.query<{ id: string }>(
        `SELECT e.id FROM unnest($2::uuid[], $3::uuid[]) AS e (id, tenant_id)
         WHERE NOT EXISTS (SELECT 1 FROM inbox i WHERE i.tenant_id = e.tenant_id AND i.consumer = $1 AND i.event_id = e.id)
           AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.consumer = $1 AND d.event_id = e.id::text)`,
        [consumer, eventIds, tenantIds],
      )
      return toBinary(FindMissingResponseSchema, create(FindMissingResponseSchema, { eventIds: rows.map((row) => row.id) }))
    },
  }
}
