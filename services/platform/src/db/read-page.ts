import { and, asc, count, desc, eq, gt, type InferSelectModel, lt, type SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { BaseContext } from '../serve/mutate.ts'
import type { Connection, Cursors, PageArgs } from '../serve/page.ts'
import { withTenant } from './db.ts'

type TenantTable = PgTable & { tenantId: PgColumn }

/** A list: the rows of a table, in the order of one column that tells them apart. */
export type Listed<T extends TenantTable> = { table: T; by: PgColumn; order?: 'asc' | 'desc'; where?: SQL | undefined }

/**
 * Reads a page of a list, forward or backward, of the viewer's tenant.
 * @throws AppError INVALID for arguments that are no page
 */
export async function readPage<T extends TenantTable>(
  { db, viewer: { tenantId }, cursors }: BaseContext & { readonly cursors: Cursors },
  args: PageArgs,
  { table, by, order = 'asc', where }: Listed<T>,
): Promise<Connection<InferSelectModel<T>>> {
  const page = cursors.read(args, tenantId)
  const all = and(eq(table.tenantId, tenantId), where)
  const isAscending = (order === 'asc') !== page.isBackward
  const beyond = page.from === undefined ? undefined : (isAscending ? gt : lt)(by, page.from)
  const rows = await withTenant(db, tenantId, (tx) =>
    tx
      .select({ node: table as PgTable, key: by })
      .from(table as PgTable)
      .where(and(all, beyond))
      .orderBy(isAscending ? asc(by) : desc(by))
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
