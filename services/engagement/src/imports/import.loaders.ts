import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import { eq } from 'drizzle-orm'
import type { OrderImportRejectedRowsArgs, RejectionReason } from '../gen/resolvers.ts'
import type { Listing } from '../listing.ts'
import { rejectedBy } from './import.queries.ts'
import { importErrors, orderImports } from './import.table.ts'

export const importLoaders = (ctx: Listing) => ({
  orderImport: rowsById(ctx, orderImports),
  rejectedRow: rowsById(ctx, importErrors),
  /** The number of a row is unique in its import, and rows of other imports are not in its list. */
  rejectedRows: pagesOf(
    ctx,
    (importId) => eq(importErrors.importId, importId),
    ({ filter }: OrderImportRejectedRowsArgs) => ({
      table: importErrors,
      by: importErrors.row,
      orders: { ROW: importErrors.row },
      where: rejectedBy(filter),
    }),
  ),
  rejections: tenantLoader<{ reason: RejectionReason; rows: number }[]>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ id: string; reason: RejectionReason; rows: number }>(
      'SELECT import_id AS id, reason, count(*) AS rows FROM import_errors WHERE tenant_id = $1 AND import_id = ANY($2) GROUP BY import_id, reason ORDER BY reason',
      [tx.tenantId, ids],
    )
    return Map.groupBy(rows, (row) => row.id)
  }),
})
