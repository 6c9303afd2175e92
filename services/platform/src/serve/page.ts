import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from './errors.ts'

/** Arguments of a connection: `first` with `after`, or `last` with `before`. */
export type PageArgs = {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
}

/** A checked page: at most `limit` rows after the row whose sort key is `from`, or before it. */
export type Page = { limit: number; from: string | undefined; isBackward: boolean }

export type Connection<T> = {
  edges: { cursor: string; node: T }[]
  nodes: T[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
  /** Counts all items; called only when the client requests the count, once. */
  count: () => Promise<Total>
}

/** Number of items of a list; an estimate where counting would read too many rows. */
export type Total = { count: number; isEstimate: boolean }

const MAX_PAGE = 100
const DEFAULT_PAGE = 20

/** A client that keeps cursors begins again without one when it gets the reason BAD_CURSOR. */
export const badCursor = (sentence = 'This is not a cursor of this list'): AppError =>
  new AppError('INVALID', sentence, { cursor: 'take it from pageInfo' }, { reason: 'BAD_CURSOR' })

/** Writes and reads cursors: keyset positions, signed and bound to the tenant. */
export class Cursors {
  readonly #key: string

  constructor(key: string) {
    this.#key = key
  }

  /** @throws AppError INVALID for a page size outside 1 to 100, both directions together, or a cursor that was not issued to this tenant */
  read({ first, after, last, before }: PageArgs, tenantId: string): Page {
    const isBackward = isGiven(last) || isGiven(before)
    if (isBackward && (isGiven(first) || isGiven(after)))
      throw new AppError('INVALID', 'Give first and after, or last and before', { last: 'not with first or after' })
    const [name, size, cursor] = isBackward ? (['last', last, before] as const) : (['first', first, after] as const)
    const limit = size ?? DEFAULT_PAGE
    if (limit < 1 || limit > MAX_PAGE) throw new AppError('INVALID', `${name} must be 1 to ${MAX_PAGE}`, { [name]: `1 to ${MAX_PAGE}` })
    return { limit, from: isGiven(cursor) && cursor !== '' ? this.#open(cursor, tenantId) : undefined, isBackward }
  }

  /**
   * Turns rows into a connection.
   * @param rows up to limit + 1 rows with their sort keys, beginning at the page's own end; the extra row shows that there are more
   */
  connection<T>(
    rows: { node: T; key: unknown }[],
    { limit, from, isBackward }: Page,
    tenantId: string,
    count: () => Promise<Total>,
  ): Connection<T> {
    const kept = isBackward ? rows.slice(0, limit).toReversed() : rows.slice(0, limit)
    const edges = kept.map(({ node, key }) => ({ cursor: this.#seal(String(key), tenantId), node }))
    const [isMore, isBeyond] = [rows.length > limit, from !== undefined]
    const pageInfo = {
      hasNextPage: isBackward ? isBeyond : isMore,
      hasPreviousPage: isBackward ? isMore : isBeyond,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    }
    return { edges, nodes: kept.map(({ node }) => node), pageInfo, count: once(count) }
  }

  #seal(key: string, tenantId: string): string {
    const body = Buffer.from(key).toString('base64url')
    return `${body}.${this.#sign(body, tenantId)}`
  }

  #open(cursor: string, tenantId: string): string {
    const [body = '', mac = ''] = cursor.split('.')
    const expected = Buffer.from(this.#sign(body, tenantId))
    const given = Buffer.from(mac)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw badCursor()
    return Buffer.from(body, 'base64url').toString()
  }

  #sign(body: string, tenantId: string): string {
    return createHmac('sha256', this.#key).update(`${tenantId}|${body}`).digest('base64url').slice(0, 22)
  }
}

/** The texts of which a list made a position, null where a column had no value; none for a position of an earlier release, which was one text. */
export function readPosition(position: string): (string | null)[] {
  try {
    const texts: unknown = JSON.parse(position)
    return Array.isArray(texts) ? texts.map((text) => (text === null ? null : String(text))) : []
  } catch {
    return []
  }
}

/** Both fields of a total are answered by one count. */
function once(count: () => Promise<Total>): () => Promise<Total> {
  let total: Promise<Total> | undefined
  return () => (total ??= count())
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined
