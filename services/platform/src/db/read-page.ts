import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  getTableName,
  gt,
  type InferSelectModel,
  isNotNull,
  isNull,
  lt,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { BaseContext } from '../serve/mutate.ts'
import { badCursor, type Connection, type Cursors, type Page, type PageArgs, readPosition, type Total } from '../serve/page.ts'
import { type Tx, withTenant } from './db.ts'
import { tenantLoader } from './loader.ts'
import { readRow, type TenantTable } from './rows.ts'
import { firstRows, PARENT, rowsOfParents } from './rows-of-parents.ts'

/** A list: the rows of a table, in the order of one unique column. */
export type Listed<T extends TenantTable> = {
  table: T
  by: PgColumn
  order?: 'asc' | 'desc'
  /** Columns of the other orders that a caller may choose, by their names in `XOrderField`. Rows without a value come last in both directions. */
  orders?: Record<string, PgColumn>
  where?: SQL | undefined
  /** Required values of fields, such as the arguments of a query. A field with null or undefined is not restricted. */
  given?: { [K in keyof InferSelectModel<T>]?: InferSelectModel<T>[K] | null | undefined }
}

/** The `orderBy` of a list: `XOrder` of the SDL. */
export type OrderBy = { field: string; direction?: 'ASC' | 'DESC' | null | undefined }

/** Lists up to this length are counted; for a longer one the planner estimates. */
const COUNTED = 10_000

const conditionOf = <T extends TenantTable>({ table, where, given = {} }: Listed<T>, tenantId: string): SQL | undefined => {
  const columns = getTableColumns(table as PgTable)
  const wanted = Object.entries(given).filter(([, value]) => value !== null && value !== undefined)
  return and(eq(table.tenantId, tenantId), where, ...wanted.map(([field, value]) => eq(columns[field]!, value)))
}

const inOrder = (by: PgColumn, isAscending: boolean) => (isAscending ? asc(by) : desc(by))

/** Reads the first rows of a list of the viewer's tenant, for a list that stays short and has no pages. */
export async function readFirst<T extends TenantTable>(
  { db, viewer: { tenantId } }: BaseContext,
  limit: number,
  listed: Listed<T>,
): Promise<InferSelectModel<T>[]> {
  const { table, by, order = 'asc' } = listed
  const rows = await withTenant(db, tenantId, (tx) =>
    tx
      .select()
      .from(table as PgTable)
      .where(conditionOf(listed, tenantId))
      .orderBy(inOrder(by, order === 'asc'))
      .limit(limit),
  )
  return rows as InferSelectModel<T>[]
}

/** Arguments of a list: those of a page, and the chosen order. Its `filter` becomes the `where` and `given` of the list. */
export type ListArgs = PageArgs & { orderBy?: OrderBy | null | undefined }

type Reading = BaseContext & { readonly cursors: Cursors }

/**
 * Reads a page of a list, forward or backward, of the viewer's tenant. A page begins after the position of the cursor's row,
 * in the order in which the cursor was issued: rows that are added or removed meanwhile move no other.
 * @throws AppError INVALID for invalid page arguments, and for a cursor of another list or another order
 */
export async function readPage<T extends TenantTable>(
  ctx: Reading,
  args: ListArgs,
  listed: Listed<T>,
): Promise<Connection<InferSelectModel<T>>> {
  const { tenantId } = ctx.viewer
  const { page, all, rows, read } = planPage(ctx, args, listed)
  const found = await withTenant(ctx.db, tenantId, (tx) => tx.execute(rows()))
  const keyed = found.rows.map(({ row_no: _, ...row }) => read(row))
  return ctx.cursors.connection(keyed, page, tenantId, () => withTenant(ctx.db, tenantId, (tx) => countRows(tx, listed.table, all)))
}

/**
 * Reads pages of lists that belong to parents, such as the orders of each customer of a page: one statement for all parents that
 * are requested with the same arguments, and as many rows of each as the page has.
 * @param of the condition of a parent's rows
 * @param listed the list for the arguments, which are plain values
 */
export function pagesOf<T extends TenantTable, A extends ListArgs>(
  ctx: Reading,
  of: (parentId: SQL) => SQL,
  listed: (args: A) => Listed<T>,
): (parentId: string, args: A) => Promise<Connection<InferSelectModel<T>>> {
  const readers = new Map<string, (parentId: string) => Promise<Connection<InferSelectModel<T>>>>()
  return (parentId, args) => {
    const key = JSON.stringify(args)
    const reader = readers.get(key) ?? readerOf(ctx, of, args, listed(args))
    readers.set(key, reader)
    return reader(parentId)
  }
}

function readerOf<T extends TenantTable>(ctx: Reading, of: (parentId: SQL) => SQL, args: ListArgs, listed: Listed<T>) {
  const { table } = listed
  const { tenantId } = ctx.viewer
  const { page, all, rows, read } = planPage(ctx, args, listed)
  const pages = tenantLoader(ctx, (tx, ids) => rowsOfParents(tx, ids, rows(of(PARENT)), read))
  const counts = tenantLoader<Total>(ctx, async (tx, ids) => {
    const { rows } = await tx.execute<{ id: string; n: number }>(
      sql`SELECT parent.id, counted.n FROM unnest(${sql.param([...ids])}::uuid[]) AS parent (id) CROSS JOIN LATERAL (
        SELECT count(*)::int AS n FROM (SELECT 1 FROM ${table} WHERE ${all} AND ${of(PARENT)} LIMIT ${COUNTED + 1}) AS first_rows) AS counted`,
    )
    // Of a list that is longer the number is the smallest that it can be.
    return new Map(rows.map(({ id, n }) => [id, { count: Math.min(n, COUNTED), isEstimate: n > COUNTED }]))
  })
  return async (parentId: string) =>
    ctx.cursors.connection((await pages.load(parentId)) ?? [], page, tenantId, async () => (await counts.load(parentId))!)
}

/** The statement that a page of a list selects, and how its rows are read. */
function planPage<T extends TenantTable>({ viewer: { tenantId }, cursors }: Reading, args: ListArgs, listed: Listed<T>) {
  const { table, by } = listed
  const { name, column, isAscending: isUpward } = orderOf(args.orderBy, listed)
  const page = cursors.read(args, tenantId)
  const isAscending = isUpward !== page.isBackward
  const all = conditionOf(listed, tenantId)
  const columns = column === by ? [by] : [column, by]
  const order = listOf(columns.map((one) => inOrder(one, isAscending)))
  const position = sql`json_build_array(${listOf(columns.map((one) => sql`${one}::text`))})`
  const parts = partsOf(column, by, page, page.from === undefined ? undefined : positionOf(page.from, name), isAscending)
  const limit = page.limit + 1
  return {
    page,
    all,
    /** @param of a further condition */
    rows: (of?: SQL): SQL => {
      const queries = parts.map((part, no) => firstRows(table, and(all, of, part), order, limit, { position, skipped: no * limit }))
      // Each part finds its rows by the index; the second one has what the first one leaves.
      return queries.length === 1
        ? queries[0]!
        : sql`SELECT * FROM ((${sql.join(queries, sql`) UNION ALL (`)})) AS part ORDER BY row_no LIMIT ${limit}`
    },
    read: ({ row_position, ...row }: Record<string, unknown>) => ({
      node: readRow(table, row),
      key: JSON.stringify([name, ...(row_position as Position)]),
    }),
  }
}

const listOf = (items: SQL[]): SQL => sql.join(items, sql`, `)

/**
 * The conditions of the rows beyond a position, in the order of the list. Of a column that may be null, rows with a value are one
 * part and rows without one another: a single condition over both would read the list from its beginning.
 */
function partsOf(column: PgColumn, by: PgColumn, { isBackward }: Page, position: Position | undefined, isAscending: boolean) {
  const beyond = position && beyondOf(column, by, position, isAscending)
  if (column.notNull) return [beyond]
  const parts = [isNotNull(column), isNull(column)]
  if (isBackward) parts.reverse()
  if (!position) return parts
  const isAtNull = position[0] === null
  const isInSecond = isAtNull !== isBackward
  return isInSecond ? [and(parts[1], beyond)] : [and(parts[0], beyond), parts[1]]
}

/** Values by which a row stands in its list, as text: a number would lose digits, a Date microseconds. Null is no value. */
type Position = (string | null)[]

type Order = { name: string; column: PgColumn; isAscending: boolean }

/** The chosen order, with the name that its cursors carry. */
function orderOf<T extends TenantTable>(chosen: OrderBy | null | undefined, { table, by, order = 'asc', orders = {} }: Listed<T>): Order {
  const list = getTableName(table)
  if (!chosen) return { name: list, column: by, isAscending: order === 'asc' }
  const { field, direction } = chosen
  const isAscending = direction !== 'DESC'
  return { name: `${list} ${field} ${isAscending}`, column: orders[field] ?? by, isAscending }
}

/** Values of the row that a page begins after: of the order's column, if it is another, then of the unique one. */
function positionOf(key: string, name: string): Position {
  const [given, ...values] = readPosition(key)
  if (given !== name) throw badCursor('This is not a cursor of this list in this order')
  return values
}

function beyondOf(column: PgColumn, by: PgColumn, values: Position, isAscending: boolean): SQL {
  const last = values.at(-1)!
  if (values.length === 1 || values[0] === null) return isAscending ? gt(by, last) : lt(by, last)
  // A row comparison, which an index over both columns answers. As text the value keeps the microseconds of a time.
  const both = sql`(${column}, ${by})`
  const value = sql`(${values[0]}::${sql.raw(column.getSQLType())}, ${last}::${sql.raw(by.getSQLType())})`
  return isAscending ? sql`${both} > ${value}` : sql`${both} < ${value}`
}

/** @returns the exact number of rows up to ten thousand, beyond that what the planner expects: counting would read them all */
async function countRows(tx: Tx, table: PgTable, all: SQL | undefined): Promise<{ count: number; isEstimate: boolean }> {
  const some = tx
    .select({ one: sql`1`.as('one') })
    .from(table)
    .where(all)
    .limit(COUNTED + 1)
    .as('first_rows')
  const [found] = await tx.select({ n: sql<number>`count(*)::int` }).from(some)
  const count = found?.n ?? 0
  if (count <= COUNTED) return { count, isEstimate: false }
  const { rows } = await tx.execute<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    sql`EXPLAIN (FORMAT JSON) ${tx.select({ one: sql`1` }).from(table).where(all)}`,
  )
  return { count: Math.max(count, rows[0]!['QUERY PLAN'][0].Plan['Plan Rows']), isEstimate: true }
}
