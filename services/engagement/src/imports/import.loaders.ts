import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { orderImports } from './import.table.ts'

export const importLoaders = (ctx: BaseContext) => ({
  orderImport: rowsById(ctx, orderImports),
  rejections: tenantLoader<{ reason: string; rows: number }[]>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ id: string; reason: string; rows: number }>(
      'SELECT import_id AS id, reason, count(*) AS rows FROM import_errors WHERE tenant_id = $1 AND import_id = ANY($2) GROUP BY import_id, reason ORDER BY reason',
      [tx.tenantId, ids],
    )
    return Map.groupBy(rows, (row) => row.id)
  }),
})
