import type { Db } from '../db/db.ts'
import { type Delivery, type Handler, handleOnce, PoisonError } from '../events/inbox.ts'
import { AppError } from '../serve/errors.ts'
import type { QuarantinedItem } from './quarantine.table.ts'
import type { QuarantineKind, Watched } from './quarantine-kind.ts'

/** Events that a consumer gave up, in the table of the platform. */
export const WATCHED_LETTERS: Watched = {
  kind: 'EVENT',
  table: 'dead_letters',
  waiting: (row) => `${row}.replayed_at IS NULL`,
  source: (row) => `${row}.consumer`,
  subject: (row) => `${row}.event_id`,
  problem: (row) => `CASE WHEN ${row}.error LIKE 'PoisonError: %' THEN 'UNREADABLE:' || substr(${row}.error, 13) ELSE ${row}.error END`,
  isDisposable: true,
}

/**
 * Dead letters of a service. A replay hands the event to the same handler, and the inbox drops what was handled. Events
 * hold no personal data, so their originals are stored as they are; the original is shown as JSON.
 */
export function deadLetters<D extends { readonly db: Db }>(service: string, handlers: readonly Handler[]): QuarantineKind<D> {
  const byConsumer = new Map(handlers.map((handler) => [`${service}_${handler.name}`, handler]))
  const handlerOf = ({ source }: Pick<QuarantinedItem, 'source'>) => {
    const handler = byConsumer.get(source)
    if (!handler) throw new AppError('CONFLICT', `NO_CONSUMER: ${source} does not consume events any more`)
    return handler
  }
  const deliveryOf = ({ subject, tenantId }: QuarantinedItem, payload: Uint8Array): Delivery => ({ eventId: subject!, tenantId, payload })
  return {
    ...WATCHED_LETTERS,
    sentences: {
      UNREADABLE: 'The event is not of the form that its name promises',
      NO_CONSUMER: 'This release has no such consumer',
    },
    original: {
      column: 'payload',
      toText: (_, item, stored) => readText(byConsumer.get(item.source), stored),
      toStored: (_, item, text) => Buffer.from(handlerOf(item).fromText(text)),
      check: (_tx, _reading, item, text) => {
        const handler = handlerOf(item)
        try {
          handler.decode(deliveryOf(item, handler.fromText(text)))
        } catch (error) {
          if (error instanceof PoisonError) throw new AppError('INVALID', `original: ${error.message}`, { original: error.message })
          throw error
        }
      },
    },
    replay: {
      run: async ({ db }, item, text) => {
        const handler = handlerOf(item)
        await handleOnce(db, item.source, handler, [deliveryOf(item, readBack(handler, text))]).catch((error) => {
          throw error instanceof PoisonError ? new AppError('INVALID', `UNREADABLE: ${error.message}`) : error
        })
        return () => Promise.resolve()
      },
      settle: 'replayed_at = now()',
    },
  }
}

const BASE64 = 'base64:'

/** JSON of the event; bytes that are no event as Base64. */
function readText(handler: Handler | undefined, stored: Buffer): string {
  try {
    if (handler) return handler.toText(stored)
  } catch (error) {
    if (!(error instanceof PoisonError)) throw error
  }
  return `${BASE64}${stored.toString('base64')}`
}

const readBack = (handler: Handler, text: string): Uint8Array =>
  text.startsWith(BASE64) ? Buffer.from(text.slice(BASE64.length), 'base64') : handler.fromText(text)
