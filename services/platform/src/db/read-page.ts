import { and, asc, count, desc, eq, getTableColumns, gt, type InferSelectModel, lt, type SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { BaseContext } from '../serve/mutate.ts'
import type { Connection, Cursors, PageArgs } from '../serve/page.ts'
import { withTenant } from './db.ts'

type TenantTable = PgTable & { tenantId: PgColumn }

/** A list: the rows of a table, in the order of one unique column. */
export type Listed<T extends TenantTable> = {
  table: T
  by: PgColumn
  order?: 'asc' | 'desc'
  where?: SQL | undefined
  /** Required values of fields, such as the arguments of a query. A field with null or undefined is not restricted. */
  given?: { [K in keyof InferSelectModel<T>]?: InferSelectModel<T>[K] | null | undefined }
}

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

/**
 * Reads a page of a list, forward or backward, of the viewer's tenant.
 * @throws AppError INVALID for invalid page arguments
 */
export async function readPage<T extends TenantTable>(
  { db, viewer: { tenantId }, cursors }: BaseContext & { readonly cursors: Cursors },
  args: PageArgs,
  listed: Listed<T>,
): Promise<Connection<InferSelectModel<T>>> {
  const { table, by, order = 'asc' } = listed
  const page = cursors.read(args, tenantId)
  const all = conditionOf(listed, tenantId)
  const isAscending = (order === 'asc') !== page.isBackward
  const beyond = page.from === undefined ? undefined : (isAscending ? gt : lt)(by, page.from)
  const rows = await withTenant(db, tenantId, (tx) =>
    tx
      .select({ node: table as PgTable, key: by })
      .from(table as PgTable)
      .where(and(all, beyond))
      .orderBy(inOrder(by, isAscending))
      .limit(page.limit + 1),
  )
  const countAll = () =>
    withTenant(db, tenantId, async (tx) => {
      const [found] = await tx
        .select({ n: count() })
        .from(table as PgTable)
        .where(all)
      return found?.n ?? 0
    })
  return cursors.connection(rows as { node: InferSelectModel<T>; key: unknown }[], page, tenantId, countAll)
}
