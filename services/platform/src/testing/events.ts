import { create, type DescMessage, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf'
import type { Db } from '../db/db.ts'
import { type Delivery, type Handler, handleOnce } from '../events/inbox.ts'
import { newId } from '../serve/ids.ts'
import type { TestDatabase } from './database.ts'

/** An event as it would be delivered. */
export type TestEvent = Delivery & { type: string }

export function event<D extends DescMessage>(
  schema: D,
  tenantId: string,
  body: Omit<MessageInitShape<D>, 'tenantId' | '$typeName'>,
): TestEvent {
  const message = create(schema, { ...body, tenantId } as unknown as MessageInitShape<D>)
  return { type: schema.typeName, eventId: newId(), tenantId, payload: toBinary(schema, message) }
}

/** Delivers events one by one to every handler that listens to them, as the consumers do. */
export async function deliver(db: Db, service: string, handlers: readonly Handler[], events: TestEvent[]): Promise<void> {
  for (const one of events) {
    for (const handler of handlers.filter(({ type }) => type === one.type))
      await handleOnce(db, `${service}_${handler.name}`, handler, [one])
  }
}

/** The events of a kind that were published so far, oldest first. */
export async function published<D extends DescMessage>({ relayDb }: TestDatabase, schema: D): Promise<MessageShape<D>[]> {
  const { rows } = await relayDb.pool.query<{ payload: Buffer }>('SELECT payload FROM outbox WHERE type = $1 ORDER BY id', [
    schema.typeName,
  ])
  return rows.map((row) => fromBinary(schema, row.payload))
}

/** The same events in another order, decided by the seed (Fisher-Yates over a small generator). */
export function shuffle<T>(items: readonly T[], seed: number): T[] {
  const shuffled = [...items]
  let state = seed
  for (let index = shuffled.length - 1; index > 0; index--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = state % (index + 1)
    ;[shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!]
  }
  return shuffled
}
