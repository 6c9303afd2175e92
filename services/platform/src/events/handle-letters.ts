import { setImmediate as turn } from 'node:timers/promises'
import type { JsMsg } from '@nats-io/jetstream'
import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import { type Db, withTenant } from '../db/db.ts'
import { crashPoint } from '../serve/crash-point.ts'
import { AppError } from '../serve/errors.ts'
import { meter } from '../serve/meter.ts'
import type { Bus } from './bus.ts'
import { unseal } from './envelope.ts'
import { handleItems } from './handle-items.ts'
import { type Delivery, eventOf, type Handler, handleOnce, PoisonError } from './inbox.ts'
import { keepDeadLetter } from './keep-dead-letter.ts'

const MAX_DELIVERIES = 5
/** Events handled in one transaction; its commit and its round trips cost as much for one. */
const BATCH = 1_000
/** Tenant of dead letters whose tenant is unknown or not trusted. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000'

const tracer = trace.getTracer('renmai')
const handled = meter.createCounter('renmai_events_handled', { description: 'Events whose effects were committed' })
const deadLettered = meter.createCounter('renmai_dead_letters', { description: 'Events given up and kept as dead letters' })

/** The handler of the messages, and the name of its consumer. */
export type Subscriber = { bus: Bus; db: Db; service: string; handler: Handler; consumer: string }

/** A message and its events, or the reason why it has none. */
export type Letter = { message: JsMsg; events: Delivery[]; problem?: Error }

/** One event, and the message it came in. */
type Arrived = { message: JsMsg; event: Delivery }

export function open(message: JsMsg): Letter {
  try {
    return { message, events: unseal(message) }
  } catch (error) {
    return { message, events: [], problem: error as Error }
  }
}

/** Takes the first letters, until they have a batch of events together, and at least one. */
export const takeBatch = (waiting: Letter[]): Letter[] => waiting.splice(0, sizeOfBatch(waiting))

function sizeOfBatch(waiting: readonly Letter[]): number {
  let events = 0
  let letters = 0
  while (letters < waiting.length && (letters === 0 || events + waiting[letters]!.events.length <= BATCH)) {
    events += waiting[letters++]!.events.length
  }
  return letters
}

/**
 * Decodes the next batch while the database works for the current one. Between two letters the answers of the database have their turn,
 * and no more than one batch is kept decoded.
 */
export async function decodeAhead({ handler }: Subscriber, waiting: readonly Letter[]): Promise<void> {
  for (const letter of waiting.slice(0, sizeOfBatch(waiting))) {
    await turn()
    try {
      for (const event of letter.events) eventOf(handler, event)
    } catch {
      // It is decoded again when it is handled, and becomes a dead letter there.
    }
  }
}

/**
 * Handles the events tenant by tenant. A group that fails is handled in smaller and smaller parts, so that a bad event
 * does not delay the others. A message is acknowledged when each of its events is handled or kept as a dead letter.
 * Otherwise all of it is delivered again, and the inbox drops the events that were handled.
 */
export async function handleLetters(subscriber: Subscriber, letters: Letter[]): Promise<void> {
  const again = new Set<JsMsg>()
  for (const { message, problem } of letters) if (problem) await giveUp(subscriber, message, undefined, problem, again)
  const arrived = letters.flatMap(({ message, events }) => events.map((event) => ({ message, event })))
  for (const group of Map.groupBy(arrived, ({ event }) => event.tenantId).values()) await handleGroup(subscriber, group, again)
  crashPoint('handled')
  // After the commits: a crash in between costs one more delivery, which the inbox drops.
  for (const { message } of letters) {
    if (again.has(message)) message.nak(delayOf(message))
    else message.ack()
  }
}

async function handleGroup(subscriber: Subscriber, group: Arrived[], again: Set<JsMsg>): Promise<void> {
  if (await tryHandle(subscriber, group, again)) return
  if (group.length === 1) return
  const half = Math.ceil(group.length / 2)
  await handleGroup(subscriber, group.slice(0, half), again)
  await handleGroup(subscriber, group.slice(half), again)
}

async function tryHandle(subscriber: Subscriber, group: Arrived[], again: Set<JsMsg>): Promise<boolean> {
  const { bus, consumer, db, handler } = subscriber
  const carrier = { traceparent: group[0]?.message.headers?.get('traceparent') ?? '' }
  const parent = propagation.extract(context.active(), carrier)
  return tracer.startActiveSpan(`consume ${consumer}`, { kind: SpanKind.CONSUMER }, parent, async (span) => {
    try {
      await handleOnce(
        db,
        consumer,
        handler,
        group.map(({ event }) => event),
        group.some(({ message }) => message.redelivered),
      )
      handled.add(group.length, { consumer })
      return true
    } catch (error) {
      span.recordException(error as Error)
      // A failure that concerns all events would repeat for each part, after another time-out each.
      if (isAway(error)) {
        bus.log.warn({ err: error, consumer, events: group.length }, 'events not handled now')
        for (const { message } of group) again.add(message)
        return true
      }
      if (group.length === 1) await giveUp(subscriber, group[0]!.message, group[0]!.event, error as Error, again)
      return false
    } finally {
      span.end()
    }
  })
}

/**
 * Keeps events as dead letters that can never be handled or have reached the limit of attempts; of an event with independent
 * items only the bad ones. The others are delivered again.
 */
async function giveUp(subscriber: Subscriber, message: JsMsg, event: Delivery | undefined, error: Error, again: Set<JsMsg>): Promise<void> {
  const { bus, consumer } = subscriber
  const deliveries = message.info.deliveryCount
  bus.log.error({ err: error, consumer, subject: message.subject, deliveries }, 'event not handled')
  const isHopeless = error instanceof PoisonError || (subscriber.handler.split !== undefined && isRefused(error))
  if (!isHopeless && deliveries <= MAX_DELIVERIES) return void again.add(message)
  try {
    const kept = await setAside(subscriber, message, event, error)
    if (kept > 0) deadLettered.add(kept, { consumer })
  } catch (failed) {
    bus.log.error({ err: failed, consumer }, 'dead letter not kept, its message is delivered again')
    again.add(message)
  }
}

/** A value that cannot be stored stays so. */
const isRefused = (error: Error) => error instanceof AppError && error.code === 'INVALID'

/** @returns number of dead letters */
async function setAside(subscriber: Subscriber, message: JsMsg, event: Delivery | undefined, error: Error): Promise<number> {
  const refused = { subject: message.subject, deliveries: message.info.deliveryCount, error }
  const isPoison = error instanceof PoisonError
  const kept = event && !isPoison ? await handleItems(subscriber, event, refused) : undefined
  if (kept !== undefined) return kept
  const tenantId = event && !isPoison ? event.tenantId : NO_TENANT
  const letter = event ?? { eventId: `sequence-${message.seq}`, payload: message.data }
  await withTenant(subscriber.db, tenantId, (tx) => keepDeadLetter(tx, subscriber.consumer, { ...letter, tenantId }, refused))
  return 1
}

/** The database is away for all events. A batch that takes too long may succeed in smaller parts. */
const isAway = (error: unknown) => error instanceof AppError && ['UNAVAILABLE', 'STORAGE_UNAVAILABLE'].includes(error.code)

/** In whole milliseconds: the server refuses a fraction of a nanosecond, only in its log, and delivers again immediately. */
const delayOf = ({ info }: JsMsg) => Math.round(Math.min(300_000, 1_000 * 2 ** (info.deliveryCount - 1)) * (0.75 + Math.random() / 2))
