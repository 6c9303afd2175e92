import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from './errors.ts'

/** Arguments of a connection. */
export type PageArgs = { first?: number | null | undefined; after?: string | null | undefined }

/** A checked page: at most `limit` rows after the row whose sort key is `after`. */
export type Page = { limit: number; after: string[] | undefined }

export type Connection<T> = {
  edges: { cursor: string; node: T }[]
  nodes: T[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

const MAX_PAGE = 100
const DEFAULT_PAGE = 20

/** Makes and reads cursors: keyset positions, signed and bound to the tenant. */
export class Cursors {
  readonly #key: string

  constructor(key: string) {
    this.#key = key
  }

  /** @throws AppError INVALID for a page size outside 1 to 100 or a cursor that we did not give to this tenant */
  read(args: PageArgs, tenantId: string): Page {
    const limit = args.first ?? DEFAULT_PAGE
    if (limit < 1 || limit > MAX_PAGE) throw new AppError('INVALID', `first must be 1 to ${MAX_PAGE}`, { first: `1 to ${MAX_PAGE}` })
    if (!args.after) return { limit, after: undefined }
    const [body = '', mac = ''] = args.after.split('.')
    const expected = this.#sign(body, tenantId)
    const given = Buffer.from(mac)
    if (given.length !== expected.length || !timingSafeEqual(given, Buffer.from(expected))) {
      throw new AppError('INVALID', 'after is not a cursor of this list', { after: 'take it from pageInfo.endCursor' })
    }
    return { limit, after: JSON.parse(Buffer.from(body, 'base64url').toString()) as string[] }
  }

  /**
   * Turns rows into a connection.
   * @param rows up to limit + 1 rows; the one over tells that there are more
   * @param keyOf the sort key of a row, as text
   */
  connection<T>(rows: T[], page: Page, tenantId: string, keyOf: (row: T) => string[]): Connection<T> {
    const nodes = rows.slice(0, page.limit)
    const edges = nodes.map((node) => {
      const body = Buffer.from(JSON.stringify(keyOf(node))).toString('base64url')
      return { cursor: `${body}.${this.#sign(body, tenantId)}`, node }
    })
    return { edges, nodes, pageInfo: { hasNextPage: rows.length > page.limit, endCursor: edges.at(-1)?.cursor ?? null } }
  }

  #sign(body: string, tenantId: string): string {
    return createHmac('sha256', this.#key).update(`${tenantId}|${body}`).digest('base64url').slice(0, 22)
  }
}
