import type DataLoader from 'dataloader'
import { and, eq, getTableColumns, type InferSelectModel, inArray, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { BaseContext } from '../serve/mutate.ts'
import { tenantLoader } from './loader.ts'
import { readRow, type TenantTable } from './rows.ts'
import { firstRows, PARENT, rowsOfParents } from './rows-of-parents.ts'

/**
 * Loads a row by its id, or by another unique field.
 * @param where a further condition, such as the viewers that may see it
 */
export function rowsById<T extends TenantTable>(
  ctx: BaseContext,
  table: T,
  { by = 'id', where }: { by?: string; where?: SQL } = {},
): DataLoader<string, InferSelectModel<T> | undefined> {
  const column = getTableColumns(table as PgTable)[by]!
  return tenantLoader(ctx, async (tx, ids) => {
    const rows = await tx
      .select()
      .from(table as PgTable)
      .where(and(eq(table.tenantId, tx.tenantId), inArray(column, [...ids]), where))
    return new Map(rows.map((row) => [String(row[by]), row as InferSelectModel<T>]))
  })
}

export type Of<T extends TenantTable> = {
  readonly table: T
  /** The condition of a parent's rows. */
  readonly of: (parentId: SQL) => SQL
  readonly order: SQL
  /** Maximum number of rows of each parent, so that no parent takes the room of another. */
  readonly perParent: number
}

/**
 * Loads the first rows of each parent in one statement.
 * @returns a loader of lists; the list is empty for a parent without rows
 */
export function rowsOf<T extends TenantTable>(
  ctx: BaseContext,
  { table, of, order, perParent }: Of<T>,
): DataLoader<string, InferSelectModel<T>[] | undefined> {
  return tenantLoader(ctx, (tx, ids) => {
    const where = and(eq(table.tenantId, tx.tenantId), of(PARENT))
    return rowsOfParents(tx, ids, firstRows(table, where, order, perParent), (row) => readRow(table, row))
  })
}

type Mapping = { readonly table: TenantTable; readonly from: PgColumn; readonly to: PgColumn }

/** The condition that a column is one of those to which a mapping leads from the parent, such as a customer's profiles. */
export const through =
  (column: PgColumn, { table, from, to }: Mapping) =>
  (parentId: SQL): SQL =>
    sql`${column} IN (SELECT ${to} FROM ${table} WHERE ${table.tenantId} = ${(column.table as TenantTable).tenantId} AND ${from} = ${parentId})`
