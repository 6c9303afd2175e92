import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsOf, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { desc } from 'drizzle-orm'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { touchpoints } from './touchpoint.table.ts'

const MAX_TOUCHPOINTS = 100

export const touchpointLoaders = (ctx: BaseContext) => ({
  touchpoints: rowsOf(ctx, {
    table: touchpoints,
    of: through(touchpoints.profileId, ofCustomer),
    order: desc(touchpoints.occurredAt),
    perParent: MAX_TOUCHPOINTS,
  }),
  pendingClaims: tenantLoader<number>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ id: string; count: number }>(
      'SELECT account_id AS id, count(*) AS count FROM pending_claims WHERE tenant_id = $1 AND account_id = ANY($2) GROUP BY account_id',
      [tx.tenantId, ids],
    )
    return new Map(rows.map((row) => [row.id, row.count]))
  }),
})
