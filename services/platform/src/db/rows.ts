import { and, eq, getTableColumns, getTableName, type InferInsertModel, type InferSelectModel, type SQL } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import { type ColumnType, insertColumns } from './bulk.ts'
import type { Tx } from './db.ts'

export type TenantTable = PgTable & { tenantId: PgColumn }
/** A row to insert: its tenant is always the transaction's. */
export type NewRow<T extends TenantTable> = Omit<InferInsertModel<T>, 'tenantId'>

type Options<T extends TenantTable> = {
  /** The action for rows that exist, in SQL; 'error' lets the constraint fail. By default existing rows do not change. */
  conflict?: string
  /**
   * Of each key the row with the greatest value of this column wins, within the rows and against the table; of equals the last.
   * Of several columns a later one decides where the earlier ones are equal. None of them is ever null.
   */
  newest?: Field<T> | readonly Field<T>[]
}
type Field<T extends TenantTable> = keyof NewRow<T> & string

/** The casing of db.ts: a column's own name is not always its name in SQL. */
const sqlName = (column: PgColumn) => {
  const casing = casings.get(column.table) ?? new CasingCache('snake_case')
  casings.set(column.table, casing)
  return casing.getColumnCasing(column)
}
/** One for each table: a cache knows tables by their names, and two services have tables of one name. */
const casings = new WeakMap<object, CasingCache>()

/**
 * Inserts many rows in one statement. Names and types of the columns are the table's.
 * @param rows all with the same fields; lists and jsonb as JavaScript values
 * @throws AppError INVALID for a value that its column cannot hold
 */
export async function insertRows<T extends TenantTable>(
  tx: Tx,
  table: T,
  rows: readonly NewRow<T>[],
  options: Options<T> = {},
): Promise<void> {
  await insert(tx, table, rows, options, '')
}

/**
 * Inserts rows like insertRows, and returns them.
 * @returns the rows that were inserted or updated, whole
 */
export async function insertRowsReturning<T extends TenantTable>(
  tx: Tx,
  table: T,
  rows: readonly NewRow<T>[],
  options: Options<T> = {},
): Promise<InferSelectModel<T>[]> {
  const stored = await insert(tx, table, rows, options, all(table))
  return stored.map((row) => readRow(table, row))
}

async function insert<T extends TenantTable>(tx: Tx, table: T, rows: readonly NewRow<T>[], options: Options<T>, returning: string) {
  if (rows.length === 0) return []
  const shape = shapeOf(table)
  const newest = options.newest === undefined ? undefined : [options.newest].flat()
  const kept = newest ? newestOf(rows, shape, newest) : rows
  const fields = Object.keys(kept[0]!)
  const columns = fields.map((field) => [sqlName(shape.columns[field]!), typeOf(shape.columns[field]!), field] as const)
  const conflict = newest ? replaceOlder(shape, fields, newest) : conflictOf(options.conflict)
  return insertColumns(tx, shape.name, columns, kept as readonly Record<string, unknown>[], { conflict, returning })
}

const conflictOf = (conflict = 'ON CONFLICT DO NOTHING') => (conflict === 'error' ? '' : conflict)

type Shape = {
  name: string
  columns: Record<string, PgColumn>
  /** The fields of the primary key without the tenant. */
  key: string[]
  returning: string
  read: (row: Record<string, unknown>) => Record<string, unknown>
}
const shapes = new WeakMap<PgTable, Shape>()

function shapeOf(table: TenantTable): Shape {
  const known = shapes.get(table)
  if (known) return known
  const columns = getTableColumns(table) as Record<string, PgColumn>
  const keyColumns = getTableConfig(table).primaryKeys[0]?.columns ?? []
  const key = Object.keys(columns).filter((field) => field !== 'tenantId' && keyColumns.some(({ name }) => name === columns[field]!.name))
  // PostgreSQL's driver gives a day as midnight of this machine's zone.
  const name = getTableName(table)
  const pick = (field: string) =>
    `${name}.${sqlName(columns[field]!)}${columns[field]!.getSQLType() === 'date' ? '::text' : ''} AS "${field}"`
  const read = (row: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(row).map(([field, value]) => [field, value === null ? null : columns[field]!.mapFromDriverValue(value)]),
    )
  const shape = { name, columns, key, returning: Object.keys(columns).map(pick).join(', '), read }
  shapes.set(table, shape)
  return shape
}

/** The column list of a raw RETURNING or SELECT, by the names of the row type. */
export const all = (table: TenantTable): string => shapeOf(table).returning

/** What the driver gave for the columns of `all`, as a row. */
export const readRow = <T extends TenantTable>(table: T, row: Record<string, unknown>): InferSelectModel<T> =>
  shapeOf(table).read(row) as InferSelectModel<T>

/** The condition of the transaction's tenant and an id. */
export const mine = <T extends TenantTable & { id: PgColumn }>({ tenantId }: Pick<Tx, 'tenantId'>, table: T, id: string): SQL =>
  and(eq(table.tenantId, tenantId), eq(table.id, id))!

function newestOf<T extends TenantTable>(rows: readonly NewRow<T>[], { key }: Shape, by: readonly string[]): NewRow<T>[] {
  const best = new Map<string, Record<string, unknown>>()
  for (const row of rows as readonly Record<string, unknown>[]) {
    const at = key.map((field) => String(row[field])).join('|')
    const other = best.get(at)
    if (!other || compare(other, row, by) <= 0) best.set(at, row)
  }
  return [...best.values()] as NewRow<T>[]
}

function compare(a: Record<string, unknown>, b: Record<string, unknown>, by: readonly string[]): number {
  for (const field of by) {
    const [left, right] = [a[field], b[field]]
    const order = Buffer.isBuffer(left)
      ? left.compare(right as Buffer)
      : Number((left as number) > (right as number)) - Number((left as number) < (right as number))
    if (order !== 0) return order
  }
  return 0
}

function replaceOlder({ name, columns, key }: Shape, fields: readonly string[], by: readonly string[]): string {
  const nameOf = (field: string) => sqlName(columns[field]!)
  const of = (row: string) => by.map((field) => `${row}.${nameOf(field)}`).join(', ')
  const changes = fields.filter((field) => !key.includes(field)).map((field) => `${nameOf(field)} = excluded.${nameOf(field)}`)
  return `ON CONFLICT (tenant_id, ${key.map(nameOf).join(', ')}) DO UPDATE SET ${changes.join(', ')} WHERE (${of(name)}) <= (${of('excluded')})`
}

/** Names of PostgreSQL's types in the encoder. */
const TYPES: Record<string, ColumnType> = {
  uuid: 'uuid',
  text: 'text',
  bytea: 'bytea',
  'timestamp with time zone': 'timestamptz',
  date: 'date',
  bigint: 'int8',
  integer: 'int4',
  'double precision': 'float8',
  boolean: 'boolean',
  jsonb: 'jsonb',
  'text[]': 'text[]',
  'uuid[]': 'uuid[]',
}

function typeOf(column: PgColumn): ColumnType {
  const type = TYPES[column.getSQLType().replace(/^(var)?char\(\d+\)$/, 'text')]
  if (!type) throw new Error(`No binary form of ${column.getSQLType()} (${column.name})`)
  return type
}
