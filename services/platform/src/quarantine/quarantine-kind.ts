import type { Tx } from '../db/db.ts'
import { type KeyRing, open, seal } from '../secrets/crypto.ts'
import type { Clock } from '../serve/clock.ts'
import { AppError } from '../serve/errors.ts'
import type { QuarantinedItem } from './quarantine.table.ts'

/**
 * Where the rows of one kind stand, in SQL. Each function gets the name of the row, such as NEW, and returns an
 * expression that is never null, except for `subject`.
 */
export type Watched = {
  readonly kind: QuarantinedItem['kind']
  readonly table: string
  /** The key of a row as text; its id by default. */
  readonly origin?: (row: string) => string
  /** The condition that row `r` has this key. */
  readonly find?: (origin: string) => string
  /** Whether the row waits for a person. */
  readonly waiting: (row: string) => string
  /** Whether the row waits, or is being tried again with its result unknown. By default only while it waits. */
  readonly unsettled?: (row: string) => string
  readonly source: (row: string) => string
  /** An id by which people search, such as an order number; it holds no personal data. */
  readonly subject?: (row: string) => string
  /** Why it waits: CODE, or CODE: text. */
  readonly problem: (row: string) => string
  /** Whether the row has no use after its item is discarded: it is deleted together with the item. */
  readonly isDisposable?: boolean
}

/** What is needed to read an original. Services without personal data have no key ring. */
export type Reading = { readonly keyRing?: KeyRing; readonly now: Clock }

/** The stored original of a row. */
export type Original = {
  readonly column: string
  readonly toText: (reading: Reading, item: QuarantinedItem, stored: Buffer) => string
  /** @throws AppError INVALID for a text that is no original of this kind */
  readonly toStored: (reading: Reading, item: Pick<QuarantinedItem, 'tenantId' | 'origin' | 'source'>, text: string) => Buffer
  /**
   * The checks of the edge at which the original came in.
   * @throws AppError INVALID that names what is wrong
   */
  readonly check?: (tx: Tx, reading: Reading, item: QuarantinedItem, text: string) => unknown
}

/** One kind of quarantined items: a plain object. */
export type QuarantineKind<D> = Watched & {
  /** Sentences by the code of a reason. */
  readonly sentences?: Readonly<Record<string, string>>
  readonly original?: Original
  /** How an item is processed again; without it, `instead` states what a person does. */
  readonly replay?: HandBack | Run<D>
  readonly instead?: string
}

/** The row goes back to its queue, which does the work as the first time. SQL of a SET, which keeps the row unsettled. */
type HandBack = { readonly handBack: string }

/** The work of the first time, called directly. Outside calls come first; the returned function commits with the result. */
type Run<D> = {
  /** @throws AppError with the reason for which the item waits further; a transient one is tried again */
  readonly run: (deps: D, item: QuarantinedItem, text: string) => Promise<(tx: Tx) => Promise<unknown>>
  /** SQL of a SET that settles the row after the effects; without one the effects do. */
  readonly settle?: string
}

export const originOf = ({ origin = (row) => `${row}.id::text` }: Watched) => origin
export const findOf = ({ find = (origin) => `r.id = (${origin})::uuid` }: Watched) => find
export const unsettledOf = ({ waiting, unsettled = waiting }: Watched) => unsettled

/** SQL: a person decided that row `row` is never processed. */
export const isDiscarded = (kind: Watched, row: string): string =>
  `EXISTS (SELECT 1 FROM quarantined_items q WHERE q.tenant_id = ${row}.tenant_id AND q.origin_table = '${kind.table}'
     AND q.origin = ${originOf(kind)(row)} AND q.state = 'DISCARDED')`

/**
 * An original that is sealed in its column.
 * @param place the place that it is bound to, by the key of its row
 */
export function sealedIn(column: string, place: (origin: string) => string, check?: Original['check']): Original {
  const ringOf = ({ keyRing }: Reading) => {
    if (!keyRing) throw new AppError('INTERNAL', 'A service that seals originals has a key ring')
    return keyRing
  }
  return {
    column,
    toText: (reading, { tenantId, origin }, stored) => open(ringOf(reading), tenantId, place(origin), stored),
    toStored: (reading, { tenantId, origin }, text) => seal(ringOf(reading), tenantId, place(origin), text),
    ...(check ? { check } : {}),
  }
}

/**
 * Parked rows of a queue: a table with `attempts`, `problem` and `parked_at`.
 * @param dueColumn column of the time when a row is due
 */
export const parkedWork = (
  table: string,
  { dueColumn = 'next_at', source = `'${table}'` }: { dueColumn?: string; source?: string } = {},
) => ({
  kind: 'WORK' as const,
  table,
  waiting: (row: string) => `${row}.parked_at IS NOT NULL`,
  // The problem stays until the work makes progress, so an item is not closed before.
  unsettled: (row: string) => `(${row}.parked_at IS NOT NULL OR ${row}.problem IS NOT NULL)`,
  source: () => source,
  subject: (row: string) => `${row}.id::text`,
  problem: (row: string) => `coalesce(${row}.problem, 'INTERNAL')`,
  replay: { handBack: `${dueColumn} = now(), parked_at = NULL, attempts = 1` },
})
