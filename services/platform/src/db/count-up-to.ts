import { and, count, eq, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Tx } from './db.ts'
import type { TenantTable } from './rows.ts'

/** Rows that are counted at most: a number for people, which must not cost more than the page that shows it. */
export const MOST_COUNTED = 10_000

export type Counted = {
  /** At most MOST_COUNTED. */
  readonly count: number
  /** True when there are more. */
  readonly hasMore: boolean
}

/** Counts the rows of the tenant that meet a condition, up to a limit. An index answers the condition. */
export async function countUpTo(tx: Tx, table: TenantTable, where: SQL | undefined): Promise<Counted> {
  const some = tx
    .select({ one: sql`1`.as('one') })
    .from(table as PgTable)
    .where(and(eq(table.tenantId, tx.tenantId), where))
    .limit(MOST_COUNTED + 1)
    .as('some')
  const [row] = await tx.select({ found: count() }).from(some)
  return cutCount(row!.found)
}

/** @param found number of rows of a query with the limit MOST_COUNTED + 1 */
export const cutCount = (found: number): Counted => ({ count: Math.min(found, MOST_COUNTED), hasMore: found > MOST_COUNTED })
