import { type DescMessage, fromBinary, fromJsonString, type MessageShape, toBinary, toJson } from '@bufbuild/protobuf'
import { encodeArray } from '../db/bulk.ts'
import { breaksUnique, type Db, type Tx, withTenant } from '../db/db.ts'
import { crashPoint } from '../serve/crash-point.ts'
import { timeOfId } from '../serve/ids.ts'

/** An event as it arrived. */
export type Delivery = {
  eventId: string
  tenantId: string
  payload: Uint8Array
  /** The decoded event, once eventOf has decoded it. */
  event?: unknown
}

/** The reaction of a service to one kind of event. */
export type Handler = {
  /** Unique within the service. It is part of the name of the durable consumer, so after a rename the handler consumes all events again. */
  readonly name: string
  /** The message's full name. */
  readonly type: string
  /** Services whose streams are read; the service that owns the message by default. */
  readonly publishers: readonly string[]
  /** Decodes the event, and checks that it belongs to the tenant in its subject. */
  decode(delivery: Delivery): unknown
  /** The event as JSON (ProtoJSON), and back. @throws PoisonError for what is no event of this kind */
  toText(payload: Uint8Array): string
  fromText(text: string): Uint8Array
  handle(tx: Tx, events: unknown[]): Promise<void>
  /** Whether it keeps the newest state of entities, by their version or time: the current state may be sent to it at any time. */
  readonly isState?: boolean
  /** The event as events of one item each, where its items are independent: see itemwise. */
  split?(payload: Uint8Array): Uint8Array[]
}

/** The handler of a projection: an event that is older than the state it keeps, or a copy with another id, changes nothing. */
export const ofState = (handler: Handler): Handler => ({ ...handler, isState: true })

/** An event that can never be handled: it goes to the dead letters immediately. */
export class PoisonError extends Error {
  override readonly name = 'PoisonError'
}

/**
 * Declares a reaction to an event.
 * @param name name of the reaction, such as suppress-pending-sends
 * @param handle called with the fresh events of one tenant, oldest first, in the transaction that marks them handled
 */
export function on<D extends DescMessage>(
  schema: D,
  name: string,
  handle: (tx: Tx, events: MessageShape<D>[]) => Promise<void>,
  publishers: readonly string[] = [schema.typeName.split('.')[1]!],
): Handler {
  return {
    name,
    type: schema.typeName,
    publishers,
    decode: (delivery) => decode(schema, delivery),
    toText: (payload) => JSON.stringify(toJson(schema, read(schema, payload))),
    fromText: (text) => toBinary(schema, readText(schema, text)),
    handle: (tx, events) => handle(tx, events as MessageShape<D>[]),
  }
}

function read<D extends DescMessage>(schema: D, payload: Uint8Array): MessageShape<D> {
  try {
    return fromBinary(schema, payload)
  } catch (error) {
    throw new PoisonError(`not a ${schema.typeName}`, { cause: error })
  }
}

function readText<D extends DescMessage>(schema: D, text: string): MessageShape<D> {
  try {
    return fromJsonString(schema, text)
  } catch (error) {
    throw new PoisonError(`not a ${schema.typeName} as JSON`, { cause: error })
  }
}

function decode<D extends DescMessage>(schema: D, delivery: Delivery): MessageShape<D> {
  const event = read(schema, delivery.payload)
  const { tenantId } = event as { tenantId?: string }
  if (tenantId !== delivery.tenantId) throw new PoisonError('the event names another tenant than its subject')
  return event
}

/** Decodes an event the first time. @throws PoisonError for what is no event of this kind, or of another tenant than its subject */
export const eventOf = (handler: Handler, delivery: Delivery): unknown => (delivery.event ??= handler.decode(delivery))

/** Name of the primary key of a partition of the inbox. */
const INBOX_KEY = /^inbox_.+_pkey\d*$/

/**
 * Runs a handler at most once per event: the marks and the effects commit together. Returns the number of fresh events.
 * @param consumer name of the durable consumer
 * @param isRepeated whether some of the events were delivered before
 */
export async function handleOnce(db: Db, consumer: string, handler: Handler, deliveries: Delivery[], isRepeated = false): Promise<number> {
  const first = deliveries[0]
  if (!first) return 0
  const events = new Map(deliveries.map((delivery) => [delivery.eventId, eventOf(handler, delivery)]))
  const ids = [...events.keys()]
  const run = (mark: (tx: Tx) => Promise<ReadonlySet<string> | undefined>) =>
    withTenant(db, first.tenantId, async (tx) => {
      const fresh = await mark(tx)
      const wanted = fresh ? [...events].filter(([id]) => fresh.has(id)).map(([, event]) => event) : [...events.values()]
      if (wanted.length > 0) await handler.handle(tx, wanted)
      crashPoint('uncommitted')
      return wanted.length
    })
  if (!isRepeated) {
    // Nearly always all events are new, and then the marks cost half as much. The key refuses them when one is not.
    try {
      return await run((tx) => markNew(tx, consumer, ids).then(() => undefined))
    } catch (error) {
      if (!breaksUnique(error, INBOX_KEY)) throw error
    }
  }
  return run((tx) => markHandled(tx, consumer, ids))
}

const MARK = `INSERT INTO inbox (tenant_id, consumer, event_id, event_day)
  SELECT $1, $2, e.id, e.day FROM unnest($3::uuid[], $4::date[]) AS e (id, day)`

const valuesOf = (tx: Tx, consumer: string, eventIds: string[]) => [
  tx.tenantId,
  consumer,
  encodeArray('uuid', eventIds),
  encodeArray('date', eventIds.map(timeOfId)),
]

/** Marks events as handled, none of which is marked. Otherwise it fails by the key of the inbox, and the transaction is over. */
export async function markNew(tx: Tx, consumer: string, eventIds: string[]): Promise<void> {
  await tx.client.query(MARK, valuesOf(tx, consumer, eventIds))
}

/** Marks events as handled. @returns those that were not marked before */
export async function markHandled(tx: Tx, consumer: string, eventIds: string[]): Promise<Set<string>> {
  const text = `${MARK} ON CONFLICT DO NOTHING RETURNING event_id`
  const { rows } = await tx.client.query<{ event_id: string }>(text, valuesOf(tx, consumer, eventIds))
  return new Set(rows.map((row) => row.event_id))
}
