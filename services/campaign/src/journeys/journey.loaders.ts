import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById, rowsOf, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { desc } from 'drizzle-orm'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { journeyEntries, journeys } from './journey.table.ts'

const MAX_ENTRIES = 100

export const journeyLoaders = (ctx: BaseContext) => ({
  journey: rowsById(ctx, journeys),
  journeyCounts: tenantLoader<{ nodeId: string; isEnded: boolean; count: number }[]>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ journey: string; nodeId: string; isEnded: boolean; count: number }>(
      `SELECT journey_id AS journey, node_id AS "nodeId", due_at IS NULL AS "isEnded", count(*) AS count FROM journey_entries
       WHERE tenant_id = $1 AND journey_id = ANY($2) GROUP BY 1, 2, 3 ORDER BY 2, 3`,
      [tx.tenantId, ids],
    )
    return Map.groupBy(rows, (row) => row.journey)
  }),
  entriesOf: rowsOf(ctx, {
    table: journeyEntries,
    of: through(journeyEntries.profileId, ofCustomer),
    order: desc(journeyEntries.enteredAt),
    perParent: MAX_ENTRIES,
  }),
})
