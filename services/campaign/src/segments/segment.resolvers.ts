import { withTenant } from '@renmai/platform/db'
import { isId } from '@renmai/platform/ids'
import { live } from '@renmai/platform/resolvers'
import { asc, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { createSegment } from './create-segment.ts'
import { previewSegment } from './preview-segment.ts'
import { segments } from './segment.table.ts'

const MAX_SEGMENTS = 1_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

export const segmentResolvers: Resolvers = {
  Subscription: {
    segmentChanged: live(({ type, segmentId, customerId }, _args, { load }: Context) => ({
      segment: load.segment.load(segmentId!),
      customer: { id: customerId },
      hasEntered: type.endsWith('.SegmentEntered'),
    })),
  },
  Query: {
    segments: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, (tx) =>
        tx.select().from(segments).where(eq(segments.tenantId, viewer.tenantId)).orderBy(asc(segments.name)).limit(MAX_SEGMENTS),
      ),
    segment: (_, { id }, { load }) => (isId(id) ? load.segment.load(id) : null),
    previewSegment: (_, { definition }, ctx) => previewSegment(ctx, definition),
  },
  Mutation: { createSegment: async (_, { input }, ctx) => ({ segment: await createSegment(ctx, input) }) },
  Segment: {
    __resolveReference: ({ id }, { load }) => load.segment.load(id),
    isReady: (segment) => segment.sweptAt !== null,
    size: async ({ id }, _args, { load }) => (await load.segmentSize.load(id)) ?? 0,
    members: ({ id }, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const { rows } = await tx.client.query<{ id: string }>(
          'SELECT customer_id AS id FROM segment_members WHERE tenant_id = $1 AND segment_id = $2 AND customer_id > $3 ORDER BY customer_id LIMIT $4',
          [viewer.tenantId, id, page.after?.[0] ?? FIRST_ID, page.limit + 1],
        )
        return cursors.connection(rows, page, viewer.tenantId, (row) => [row.id])
      })
    },
  },
  Customer: {
    __resolveReference: ({ id }) => ({ id }),
    segments: async ({ id }, _args, { load }) => (await load.segmentsOf.load(id)) ?? [],
  },
}
