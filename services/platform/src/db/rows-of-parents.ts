import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from './db.ts'
import { all, type TenantTable } from './rows.ts'

/** The id of the parent, in the query of its rows. */
export const PARENT = sql.raw('parent.id')

type More = { position: SQL; skipped: number }

/**
 * The first rows of a condition, with the columns of `all`, numbered by `row_no`.
 * @param more an expression that becomes `row_position`, and the number that the first row follows
 */
export function firstRows(table: TenantTable, where: SQL | undefined, order: SQL, limit: number, more?: More): SQL {
  const position = more ? sql`, ${more.position} AS row_position` : sql``
  return sql`SELECT ${sql.raw(all(table))}${position}, row_number() OVER (ORDER BY ${order}) + ${sql.raw(String(more?.skipped ?? 0))} AS row_no
    FROM ${table} WHERE ${where} ORDER BY ${order} LIMIT ${limit}`
}

/**
 * Reads rows of many parents in one statement.
 * @param query the rows of PARENT, numbered by `row_no`
 * @param read called with a row without that number
 * @returns the rows of each parent that has some, in order
 */
export async function rowsOfParents<R>(
  tx: Tx,
  ids: readonly string[],
  query: SQL,
  read: (row: Record<string, unknown>) => R,
): Promise<Map<string, R[]>> {
  const { rows } = await tx.execute<{ parent_id: string; row_no: number }>(
    sql`SELECT parent.id AS parent_id, found.* FROM unnest(${sql.param([...ids])}::uuid[]) AS parent (id)
      CROSS JOIN LATERAL (${query}) AS found ORDER BY parent_id, row_no`,
  )
  const lists = new Map<string, R[]>()
  for (const { parent_id, row_no: _, ...row } of rows) {
    const list = lists.get(parent_id) ?? []
    list.push(read(row))
    lists.set(parent_id, list)
  }
  return lists
}
