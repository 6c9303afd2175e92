import { AckPolicy, type ConsumerConfig, type ConsumerMessages, type ConsumerUpdateConfig, DeliverPolicy } from '@nats-io/jetstream'
import type { Db } from '../db/db.ts'
import { pause } from '../serve/clock.ts'
import { type Bus, subjectOf } from './bus.ts'
import { decodeAhead, handleLetters, type Letter, open, type Subscriber, takeBatch } from './handle-letters.ts'
import type { Handler } from './inbox.ts'

/** Messages delivered and not acknowledged, to all replicas together. */
const MAX_HELD = 128
/** A message that is not acknowledged in this time is delivered again, possibly to another replica. */
const ACK_WAIT_NS = 30e9

/** Codes of the server for a consumer of this name with other settings. */
const EXISTS = [10_013, 10_148]

/** A running consumer, until it is stopped. */
export type Consumption = { readonly stream: string; readonly consumer: string; isIdle: () => Promise<boolean>; stop: () => Promise<void> }

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
          max_messages: MAX_HELD / 2,
          // The next turn creates a missing consumer again. The library would wait until another process does it.
          abort_on_missing_resource: true,
        })
        // Its close() resolves only during an iteration, so a stop during the start still continues to work().
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
    stream: publisher,
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

/**
 * What a consumer reads. State that is published again is on a subject of each consumer, which only projections read: to any other
 * handler, what happened long ago would be news.
 */
export const filtersOf = (stream: string, durable: string, { type, isState }: Handler): string[] => [
  `${type}.${stream}.*`,
  ...(isState ? [subjectOf(type, stream, '*', durable)] : []),
]

async function ensureConsumer(bus: Bus, stream: string, durable: string, handler: Handler): Promise<void> {
  const filters = filtersOf(stream, durable, handler)
  const config = {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    filter_subjects: filters,
    ack_wait: ACK_WAIT_NS,
    max_ack_pending: MAX_HELD,
    // The server has no limit for deliveries: with one it would drop a message silently. The limit here keeps it as a dead letter.
    max_deliver: -1,
  }
  try {
    await bus.manager.consumers.add(stream, config)
  } catch (error) {
    if (!EXISTS.includes((error as { code?: number }).code ?? 0)) throw error
    const { config: current } = await bus.manager.consumers.info(stream, durable)
    // It differs by its metadata, or has the filters of another release.
    const change = { filter_subject: undefined, filter_subjects: filters } as Partial<ConsumerUpdateConfig>
    if (!isEqual(readBy(current), filters)) await bus.manager.consumers.update(stream, durable, change)
  }
}

/** The subjects that a consumer reads: the server states them in one field or in the other. */
export const readBy = ({ filter_subject, filter_subjects }: Pick<ConsumerConfig, 'filter_subject' | 'filter_subjects'>): string[] =>
  filter_subject ? [filter_subject] : (filter_subjects ?? [])

const isEqual = (some: readonly string[], others: readonly string[]) => some.toSorted().join() === others.toSorted().join()

/** Takes what has arrived, up to a batch, handles it, and so on until the messages end. */
async function work(subscriber: Subscriber, messages: ConsumerMessages): Promise<void> {
  const waiting: Letter[] = []
  let draining: Promise<void> | undefined
  const drain = async () => {
    while (waiting.length > 0) {
      // A message that cannot be answered over a lost connection is delivered again after ACK_WAIT.
      const handling = handleLetters(subscriber, takeBatch(waiting)).catch((error) =>
        subscriber.bus.log.error({ err: error, consumer: subscriber.consumer }, 'messages not answered, they are delivered again'),
      )
      await Promise.all([handling, decodeAhead(subscriber, waiting)])
    }
    draining = undefined
  }
  for await (const message of messages) {
    waiting.push(open(message))
    draining ??= Promise.resolve().then(drain)
  }
  await draining
}
