import { createHash } from 'node:crypto'
import { type Db, type Tx, translate, withTenant } from '../db/db.ts'
import { isTransient } from '../serve/errors.ts'
import { type Delivery, type Handler, markHandled } from './inbox.ts'
import { keepDeadLetter, type Refused } from './keep-dead-letter.ts'

type Consumer = { db: Db; handler: Handler; consumer: string }

/**
 * Handles the items of an event apart from each other, in one transaction with the event's mark. Items that fail become
 * dead letters.
 * @returns number of dead letters; undefined when the event cannot be divided, or when no item of it can be handled
 * @throws AppError for a failure that may pass
 */
export async function handleItems({ db, handler, consumer }: Consumer, event: Delivery, refused: Refused): Promise<number | undefined> {
  const payloads = handler.split?.(event.payload) ?? []
  if (payloads.length < 2) return undefined
  const items = payloads.map((payload, no) => ({ ...event, eventId: itemId(event.eventId, no), payload }))
  return withTenant(db, event.tenantId, async (tx) => {
    if ((await markHandled(tx, consumer, [event.eventId])).size === 0) return 0
    const bad: (Refused & { event: Delivery })[] = []
    const handle = async (part: Delivery[]): Promise<void> => {
      const error = await attempt(
        tx,
        () =>
          handler.handle(
            tx,
            part.map((one) => handler.decode(one)),
          ),
        db.sentences,
      )
      if (error === undefined) return
      if (part.length === 1) return void bad.push({ ...refused, error, event: part[0]! })
      const half = Math.ceil(part.length / 2)
      await handle(part.slice(0, half))
      await handle(part.slice(half))
    }
    await handle(items)
    // The fault is the handler's, not an item's: one letter is enough.
    if (bad.length === items.length) throw new NoneHandled()
    for (const one of bad) await keepDeadLetter(tx, consumer, one.event, one)
    return bad.length
  }).catch((error) => {
    if (error instanceof NoneHandled) return undefined
    throw error
  })
}

class NoneHandled extends Error {}

/** @returns the error of the work, whose effects are then undone; undefined when it succeeded */
async function attempt(tx: Tx, work: () => Promise<void>, sentences: Parameters<typeof translate>[1]): Promise<Error | undefined> {
  await tx.client.query('SAVEPOINT item')
  try {
    await work()
    await tx.client.query('RELEASE SAVEPOINT item')
    return undefined
  } catch (failed) {
    const error = translate(failed, sentences) as Error
    if (isTransient(error)) throw error
    await tx.client.query('ROLLBACK TO SAVEPOINT item')
    return error
  }
}

/** An id for an item, with the time of its event: the inbox derives the day from it. */
function itemId(eventId: string, no: number): string {
  const hash = createHash('sha256').update(`${eventId}\u001f${no}`).digest('hex')
  return `${eventId.slice(0, 14)}7${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`
}
