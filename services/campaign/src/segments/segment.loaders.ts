import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById, rowsOf, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { asc } from 'drizzle-orm'
import { segmentMembers, segments } from './segment.table.ts'

const MAX_SEGMENTS = 1_000

export const segmentLoaders = (ctx: BaseContext) => ({
  segment: rowsById(ctx, segments),
  segmentSize: tenantLoader<number>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<{ id: string; n: number }>(
      'SELECT segment_id AS id, count(*) AS n FROM segment_members WHERE tenant_id = $1 AND segment_id = ANY($2) GROUP BY segment_id',
      [tx.tenantId, ids],
    )
    return new Map(rows.map((row) => [row.id, row.n]))
  }),
  segmentsOf: rowsOf(ctx, {
    table: segments,
    of: through(segments.id, { table: segmentMembers, from: segmentMembers.customerId, to: segmentMembers.segmentId }),
    order: asc(segments.name),
    perParent: MAX_SEGMENTS,
  }),
})
