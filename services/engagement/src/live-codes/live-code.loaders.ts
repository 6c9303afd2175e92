import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { liveCodes } from './live-code.table.ts'

type Stats = { id: string; added: number; lost: number; welcomed: number; missed: number }

export const liveCodeLoaders = (ctx: BaseContext) => ({
  liveCode: rowsById(ctx, liveCodes),
  liveCodeStats: tenantLoader<Stats>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<Stats>(
      `SELECT l.id, (SELECT count(*) FROM contacts c WHERE c.tenant_id = $1 AND c.live_code_id = l.id) AS added,
         (SELECT count(*) FROM contacts c WHERE c.tenant_id = $1 AND c.live_code_id = l.id AND c.lost_at IS NOT NULL) AS lost,
         (SELECT count(*) FROM welcomes w WHERE w.tenant_id = $1 AND w.live_code_id = l.id AND w.state = 'SENT') AS welcomed,
         (SELECT count(*) FROM welcomes w WHERE w.tenant_id = $1 AND w.live_code_id = l.id AND w.state = 'MISSED') AS missed
       FROM live_codes l WHERE l.tenant_id = $1 AND l.id = ANY($2)`,
      [tx.tenantId, ids],
    )
    return new Map(rows.map((row) => [row.id, row]))
  }),
})
