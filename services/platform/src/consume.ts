import { AckPolicy, type ConsumerMessages, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import { context, metrics, propagation, SpanKind, trace } from '@opentelemetry/api'
import type { Bus } from './bus.ts'
import { pause } from './clock.ts'
import { crashPoint } from './crash-point.ts'
import { type Db, withTenant } from './db.ts'
import { AppError } from './errors.ts'
import { idFrom, isId } from './ids.ts'
import { type Delivery, type Handler, handleOnce, PoisonError } from './inbox.ts'

const MAX_DELIVERIES = 5
/** Handled in one transaction; its commit and its round trips cost as much for one. */
const BATCH = 1_000
/** Dead letters whose tenant is unknown or not to be believed. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000'

const tracer = trace.getTracer('renmai')
const meter = metrics.getMeter('renmai')
const handled = meter.createCounter('renmai_events_handled', { description: 'Events whose effects were committed' })
const deadLettered = meter.createCounter('renmai_dead_letters', { description: 'Events given up and kept as dead letters' })

/** Something that consumes until it is stopped. */
export type Consumption = { readonly consumer: string; isIdle: () => Promise<boolean>; stop: () => Promise<void> }

type Subscriber = { bus: Bus; db: Db; service: string; handler: Handler; consumer: string }

/** The durable name of a handler. It starts with the service, or two services would share each other's events. */
export function consumerName(service: string, handler: Handler): string {
  return `${service}_${handler.name}`
}

/** Starts every handler on every stream that it listens to. Streams that do not exist yet are waited for. */
export function consumeAll(bus: Bus, db: Db, service: string, handlers: readonly Handler[]): Consumption[] {
  return handlers.flatMap((handler) =>
    handler.publishers.map((publisher) => consume({ bus, db, service, handler, consumer: consumerName(service, handler) }, publisher)),
  )
}

function consume(subscriber: Subscriber, publisher: string): Consumption {
  const { bus, consumer, handler } = subscriber
  const stopping = new AbortController()
  let messages: ConsumerMessages | undefined
  let working: Promise<void> = Promise.resolve()
  const start = async () => {
    while (!stopping.signal.aborted) {
      try {
        await ensureConsumer(bus, publisher, consumer, handler)
        messages = await (await bus.js.consumers.get(publisher, consumer)).consume({
          max_messages: 2 * BATCH,
          // A consumer that is gone is made again by the next turn; the library would wait for somebody to do it.
          abort_on_missing_resource: true,
        })
        // Its close() resolves only as somebody iterates, so a stop during the start still goes on to work().
        if (stopping.signal.aborted) void messages.close()
        working = work(subscriber, messages)
        await working
      } catch (error) {
        if (!stopping.signal.aborted) bus.log.warn({ err: error, consumer }, 'not consuming yet, trying again')
      }
      await pause(500, stopping.signal)
    }
  }
  const ended = start()
  return {
    consumer,
    isIdle: async () => {
      const info = await bus.manager.consumers.info(publisher, consumer)
      return info.num_pending === 0 && info.num_ack_pending === 0
    },
    stop: async () => {
      stopping.abort()
      await messages?.close()
      await ended
    },
  }
}

async function ensureConsumer(bus: Bus, stream: string, durable: string, handler: Handler): Promise<void> {
  await bus.manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    filter_subject: `${handler.type}.${stream}.*`,
    ack_wait: 30e9,
    max_ack_pending: 2 * BATCH,
    // Without a limit of the server's: it would strand a message silently. Ours keeps it as a dead letter.
    max_deliver: -1,
  })
}

/** Takes what has arrived, up to a batch, handles it, and so on until the messages end. */
async function work(subscriber: Subscriber, messages: ConsumerMessages): Promise<void> {
  const waiting: JsMsg[] = []
  let draining: Promise<void> | undefined
  const drain = async () => {
    while (waiting.length > 0) {
      // What fails here was not acknowledged, so it comes again after the server's ack_wait.
      await handleBatch(subscriber, waiting.splice(0, BATCH)).catch((error) =>
        subscriber.bus.log.error({ err: error }, 'batch failed, it is delivered again'),
      )
    }
    draining = undefined
  }
  for await (const message of messages) {
    waiting.push(message)
    draining ??= Promise.resolve().then(drain)
  }
  await draining
}

/** Handles the messages tenant by tenant; a group that fails in ever smaller parts, so that a bad one keeps nobody back. */
export async function handleBatch(subscriber: Subscriber, messages: JsMsg[]): Promise<void> {
  for (const group of Map.groupBy(messages, tenantOf).values()) {
    await handleGroup(subscriber, group)
  }
}

async function handleGroup(subscriber: Subscriber, group: JsMsg[]): Promise<void> {
  const isDone = await tryHandle(subscriber, group)
  if (isDone || group.length === 1) return
  const half = Math.ceil(group.length / 2)
  await handleGroup(subscriber, group.slice(0, half))
  await handleGroup(subscriber, group.slice(half))
}

const tenantOf = (message: JsMsg) => message.subject.split('.').at(-1) ?? ''

async function tryHandle(subscriber: Subscriber, group: JsMsg[]): Promise<boolean> {
  const carrier = { traceparent: group[0]?.headers?.get('traceparent') ?? '' }
  const parent = propagation.extract(context.active(), carrier)
  return tracer.startActiveSpan(`consume ${subscriber.consumer}`, { kind: SpanKind.CONSUMER }, parent, async (span) => {
    try {
      await handleOnce(subscriber.db, subscriber.consumer, subscriber.handler, group.map(readDelivery))
      crashPoint('handled')
      // After the commit: a crash in between costs one more delivery, which the inbox drops.
      for (const message of group) message.ack()
      handled.add(group.length, { consumer: subscriber.consumer })
      return true
    } catch (error) {
      span.recordException(error as Error)
      // What fails for all alike would fail for each part of them, after another time-out each.
      if (isAway(error)) {
        subscriber.bus.log.warn({ err: error, consumer: subscriber.consumer, events: group.length }, 'events not handled now')
        for (const message of group) message.nak(delayOf(message))
        return true
      }
      if (group.length === 1) await giveBack(subscriber, group[0]!, error as Error)
      return false
    } finally {
      span.end()
    }
  })
}

function readDelivery(message: JsMsg): Delivery {
  // Published again for somebody who lacks it, an event has more behind its id.
  const eventId = message.headers?.get('Nats-Msg-Id').split('.')[0]
  const tenantId = tenantOf(message)
  if (!isId(eventId) || !isId(tenantId)) throw new PoisonError('an event without an id or a tenant')
  if (message.headers?.get('Renmai-Tenant') !== tenantId) throw new PoisonError('header and subject name different tenants')
  return { eventId, tenantId, payload: message.data }
}

async function giveBack(subscriber: Subscriber, message: JsMsg, error: Error): Promise<void> {
  const { bus, consumer } = subscriber
  const deliveries = message.info.deliveryCount
  bus.log.error({ err: error, consumer, subject: message.subject, deliveries }, 'event not handled')
  if (error instanceof PoisonError || deliveries > MAX_DELIVERIES) {
    await keepDeadLetter(subscriber, message, error)
    deadLettered.add(1, { consumer })
    return message.term(error.name)
  }
  message.nak(delayOf(message))
}

/** The database is away for everybody. What takes too long may pass in smaller parts. */
const isAway = (error: unknown) => error instanceof AppError && ['UNAVAILABLE', 'STORAGE_UNAVAILABLE'].includes(error.code)

const delayOf = ({ info }: JsMsg) => Math.min(300_000, 1_000 * 2 ** (info.deliveryCount - 1)) * (0.75 + Math.random() / 2)

async function keepDeadLetter({ db, consumer }: Subscriber, message: JsMsg, error: Error): Promise<void> {
  const named = tenantOf(message)
  const tenantId = isId(named) && !(error instanceof PoisonError) ? named : NO_TENANT
  const eventId = message.headers?.get('Nats-Msg-Id') || `sequence-${message.seq}`
  await withTenant(db, tenantId, (tx) =>
    tx.client.query(
      `INSERT INTO dead_letters (tenant_id, id, consumer, event_id, subject, payload, error, deliveries)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT ON CONSTRAINT dead_letters_once DO NOTHING`,
      [
        tenantId,
        idFrom(consumer, eventId),
        consumer,
        eventId,
        message.subject,
        Buffer.from(message.data),
        `${error.name}: ${error.message}`.slice(0, 500),
        message.info.deliveryCount,
      ],
    ),
  )
}
