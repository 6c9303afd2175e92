import { SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { z } from 'zod'
import { triggerKind } from './trigger-kind.ts'

/** New members of a segment enter. On request its present members enter when the journey is published. */
export const segmentEntered = triggerKind({
  type: 'SEGMENT_ENTERED',
  schema: z.object({ segmentId: z.uuid(), includeMembers: z.boolean().nullish() }),
  show: ({ segmentId, includeMembers }) => ({ segmentId, includeMembers: includeMembers ?? false }),
  references: ({ segmentId }) => [{ what: 'segment', id: segmentId, field: 'segmentId' }],
  columns: ({ segmentId }) => ({ segmentId }),
  listensTo: SegmentEnteredSchema,
  reaction: 'enter-journeys',
  entries: async (tx, events) => {
    const bySegment = Map.groupBy(events, (event) => event.segmentId)
    const query = 'SELECT id, segment_id FROM journeys WHERE tenant_id = $1 AND segment_id = ANY($2::uuid[])'
    const { rows } = await tx.client.query<{ id: string; segment_id: string }>(query, [tx.tenantId, [...bySegment.keys()]])
    return rows.map((row) => ({ journeyId: row.id, customerIds: bySegment.get(row.segment_id)!.map((event) => event.customerId) }))
  },
  present: async (tx, { segmentId, includeMembers }) => {
    if (!includeMembers) return []
    const query = 'SELECT customer_id FROM segment_members WHERE tenant_id = $1 AND segment_id = $2'
    const { rows } = await tx.client.query<{ customer_id: string }>(query, [tx.tenantId, segmentId])
    return rows.map((row) => row.customer_id)
  },
})
