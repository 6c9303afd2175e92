import type { QueryResult } from 'pg'
import type { Db } from '../db/db.ts'
import { crashPoint } from '../serve/crash-point.ts'
import { meter } from '../serve/meter.ts'
import { type Loop, loop } from '../work/loop.ts'
import { type Bus, declareStream } from './bus.ts'
import { headersOf, type OutboxRow, type Publishing, type Sealed, seal, type Unsealed } from './envelope.ts'
import { WAKE_RELAY } from './outbox.ts'

/** NATS accepts a thousand messages as one batch. There are fewer, unless each event has another kind or tenant. */
const BATCH = 1_000
/** Rows per read. While one batch is published, the previous one is marked. */
const READ = 4 * BATCH
const POLL_MS = 200
const LOCK = 7_246_002
const published = meter.createCounter('renmai_outbox_published', { description: 'Events published from the outbox' })
const oldestSeconds = meter.createGauge('renmai_outbox_oldest_seconds', { description: 'Age of the oldest unpublished event' })

/** One of the replicas of a service is the leader. It does the work that not every replica has to do. */
export type Relay = Loop & { readonly isLeader: () => boolean }

/**
 * Publishes the events that wait in the outbox, oldest first. One relay per service is active at a time, by a session
 * lock; with two, the order of one aggregate's events could break. In the worst case it dies between publishing and
 * marking: the rows are then published again with the same ids, and JetStream or the inbox of the consumer drops the
 * copies.
 * @param db pool of the relay role
 * @param onLead called when this replica becomes the leader
 */
export function startRelay(db: Db, bus: Bus, service: string, onLead: () => void = () => undefined): Relay {
  let isLeader = false
  let release: (() => void) | undefined
  const run = loop('relay', bus.log, { pollMs: POLL_MS }, async () => {
    if (!isLeader) {
      release = await becomeLeader(db, () => (isLeader = false), run.wake)
      isLeader = release !== undefined
      if (!isLeader) return 0
      onLead()
    }
    // The stream may have been deleted while the service ran. Nothing is published before it exists again.
    return relayOnce(db, bus, service).catch((error) => declareStream(bus, service).then(() => Promise.reject(error)))
  })
  return { ...run, isLeader: () => isLeader, stop: () => run.stop().finally(() => release?.()) }
}

/**
 * Takes the session lock on a connection of its own, which also receives the notifications of the outbox. A broken
 * connection goes back to the pool to be closed. Otherwise each loss would cost the pool one connection permanently.
 * @returns a function that releases the lock; undefined when another relay holds it
 */
async function becomeLeader(db: Db, lost: () => void, wake: () => void): Promise<(() => void) | undefined> {
  const client = await db.pool.connect()
  let isHeld = true
  const giveUp = () => {
    if (!isHeld) return
    isHeld = false
    lost()
    client.release(true)
  }
  try {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK])
    if (!rows[0]?.locked) {
      client.release()
      return undefined
    }
    client.on('notification', wake)
    client.on('error', giveUp)
    client.on('end', giveUp)
    await client.query(`LISTEN ${WAKE_RELAY}`)
    return giveUp
  } catch (error) {
    giveUp()
    throw error
  }
}

/**
 * Publishes waiting events in batches, one after the other, and marks each batch. Returns the number of events. It
 * holds no lock while it waits for NATS.
 */
export async function relayOnce(db: Db, bus: Bus, service: string): Promise<number> {
  const rows = await readWaiting(db)
  oldestSeconds.record(rows[0] ? (Date.now() - rows[0].created_at.getTime()) / 1000 : 0)
  if (rows.length === 0) return 0
  const marks: Promise<void>[] = []
  try {
    for (let at = 0; at < rows.length; at += BATCH) {
      const batch = rows.slice(at, at + BATCH)
      await publishRows(bus, service, batch)
      crashPoint('published')
      const marking = markPublished(db, batch)
      // The error is thrown below. Without a handler here an early failure would end the process.
      marking.catch(() => undefined)
      marks.push(marking)
    }
  } finally {
    await Promise.all(marks)
  }
  published.add(rows.length)
  return rows.length
}

/**
 * The planner may prefer a bitmap of the index and a sort, which read again every row that was published since the last vacuum (12 us
 * instead of 2 for an event, after 160,000). A scan in the order of the index marks those entries dead and skips them the next time.
 * The settings end with the message.
 */
const WAITING = `SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off;
  SELECT id, event_id, tenant_id, type, payload, trace, created_at FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT ${READ}`

/** The oldest events that wait, as many as one turn of the relay takes. */
export async function readWaiting(db: Db): Promise<OutboxRow[]> {
  // The driver gives one result for each statement.
  const results = (await db.pool.query(WAITING)) as unknown as QueryResult<OutboxRow>[]
  return results.at(-1)!.rows
}

/** Marks events as published. The times lead to their partitions. */
export async function markPublished(db: Db, rows: readonly OutboxRow[]): Promise<void> {
  const times = rows.map((row) => row.created_at.getTime())
  await db.pool.query(
    `UPDATE outbox SET published_at = now()
     WHERE id = ANY($1) AND published_at IS NULL AND created_at BETWEEN $2 AND $3`,
    [rows.map((row) => row.id), new Date(Math.min(...times) - 1), new Date(Math.max(...times) + 1)],
  )
}

/** Publishes rows as one atomic batch (one fsync); when the server refuses the batch, message by message in the same order. */
export async function publishRows(bus: Bus, service: string, rows: readonly Unsealed[], how?: Publishing): Promise<void> {
  const messages = seal(service, rows, how)
  if (bus.hasAtomicBatches && messages.length > 1) {
    try {
      return await publishBatch(bus, messages)
    } catch (error) {
      bus.log.warn({ err: error, messages: messages.length }, 'batch refused, publishing singly')
    }
  }
  for (const one of messages) await bus.js.publish(one.subject, one.payload, { headers: headersOf(one) })
}

async function publishBatch(bus: Bus, messages: Sealed[]): Promise<void> {
  const [first, ...rest] = messages
  const last = rest.pop()!
  const batch = await bus.js.startBatch(first!.subject, first!.payload, { headers: headersOf(first!) })
  for (const one of rest) batch.add(one.subject, one.payload, { headers: headersOf(one) })
  await batch.commit(last.subject, last.payload, { headers: headersOf(last), timeout: 5_000 })
}
