import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import { currentTenant } from '@renmai/platform/db/tenants'
import type { Listing } from '../listing.ts'
import { listMembers, listSegments, ofMember, ofSegment } from './segment.queries.ts'
import { segments } from './segment.table.ts'

export const segmentLoaders = (ctx: Listing) => ({
  segment: rowsById(ctx, segments),
  segmentSize: tenantLoader<number>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ id: string; n: number }>(
      'SELECT segment_id AS id, count(*) AS n FROM segment_members WHERE tenant_id = $1 AND segment_id = ANY($2) GROUP BY segment_id',
      [tx.tenantId, ids],
    )
    return new Map(rows.map((row) => [row.id, row.n]))
  }),
  /** The tenant's currency, by the tenant's id. */
  currency: tenantLoader<string>(ctx, async (tx, ids) => {
    const { currency } = await currentTenant(tx)
    return new Map(ids.map((id) => [id, currency]))
  }),
  segmentsOf: pagesOf(ctx, ofMember, listSegments),
  membersOf: pagesOf(ctx, ofSegment, listMembers),
})
