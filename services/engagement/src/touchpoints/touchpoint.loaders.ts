import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById, rowsOf, through } from '@renmai/platform/db/rows-by-id'
import { desc } from 'drizzle-orm'
import type { CustomerTouchpointsArgs } from '../gen/resolvers.ts'
import type { Listing } from '../listing.ts'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { listTouchpoints } from './touchpoint.queries.ts'
import { touchpoints } from './touchpoint.table.ts'

export const touchpointLoaders = (ctx: Listing) => ({
  touchpoint: rowsById(ctx, touchpoints),
  touchpointsOf: pagesOf(ctx, through(touchpoints.profileId, ofCustomer), (args: Partial<CustomerTouchpointsArgs>) =>
    listTouchpoints(args),
  ),
  lastTouchpoint: rowsOf(ctx, {
    table: touchpoints,
    of: through(touchpoints.profileId, ofCustomer),
    order: desc(touchpoints.occurredAt),
    perParent: 1,
  }),
  pendingClaims: tenantLoader<number>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ id: string; count: number }>(
      `SELECT account_id AS id, count(*) AS count FROM (
         SELECT account_id FROM event_claims WHERE tenant_id = $1 UNION ALL SELECT account_id FROM pending_claims WHERE tenant_id = $1) claims
       WHERE account_id = ANY($2) GROUP BY account_id`,
      [tx.tenantId, ids],
    )
    return new Map(rows.map((row) => [row.id, row.count]))
  }),
})
