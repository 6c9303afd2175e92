import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { Listing } from '../listing.ts'
import { type EntryArgs, listJourneyEntries, ofCustomersProfiles } from './journey.queries.ts'
import { journeyEntries, journeys } from './journey.table.ts'

export const journeyLoaders = (ctx: Listing) => ({
  journey: rowsById(ctx, journeys),
  journeyEntry: rowsById(ctx, journeyEntries),
  journeyCounts: tenantLoader<{ nodeId: string; isEnded: boolean; count: number }[]>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ journey: string; nodeId: string; isEnded: boolean; count: number }>(
      `SELECT journey_id AS journey, node_id AS "nodeId", due_at IS NULL AS "isEnded", count(*) AS count FROM journey_entries
       WHERE tenant_id = $1 AND journey_id = ANY($2) GROUP BY 1, 2, 3 ORDER BY 2, 3`,
      [tx.tenantId, ids],
    )
    return Map.groupBy(rows, (row) => row.journey)
  }),
  entriesOf: entriesOf(ctx),
})

/** Pages of customers' entries, newest first unless the caller chooses another order. */
function entriesOf(ctx: Listing) {
  const pages = pagesOf(ctx, ofCustomersProfiles, listJourneyEntries)
  return (id: string, args: EntryArgs) => pages(id, { ...args, orderBy: args.orderBy ?? { field: 'ENTERED_AT', direction: 'DESC' } })
}
