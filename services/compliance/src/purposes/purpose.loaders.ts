import { type ListArgs, pagesOf } from '@renmai/platform/db/read-page'
import type { TenantTable } from '@renmai/platform/db/rows'
import { rowsById, rowsOf } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { desc, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { MAX_VERSIONS } from './purpose.rules.ts'
import { notices, purposes, purposeVersions } from './purpose.table.ts'

/** The condition that a row is about the parent: rows name their purpose by its key. */
const ofPurpose = (column: PgColumn) => (id: SQL) =>
  sql`${column} = (SELECT ${purposes.key} FROM ${purposes} WHERE ${purposes.tenantId} = ${(column.table as TenantTable).tenantId} AND ${purposes.id} = ${id})`

export const purposeLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => ({
  purpose: rowsById(ctx, purposes),
  purposeByKey: rowsById(ctx, purposes, { by: 'key' }),
  notice: rowsById(ctx, notices),
  notices: pagesOf(ctx, ofPurpose(notices.purpose), (_: ListArgs) => ({ table: notices, by: notices.version, order: 'desc' })),
  purposeVersions: rowsOf(ctx, {
    table: purposeVersions,
    of: ofPurpose(purposeVersions.purpose),
    order: desc(purposeVersions.version),
    perParent: MAX_VERSIONS,
  }),
})
