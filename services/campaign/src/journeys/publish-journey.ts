import type { Tx } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { newId } from '@renmai/platform/ids'
import { idempotencyKey, mutate } from '@renmai/platform/mutate'
import { parse } from '@renmai/platform/parse'
import { requireScope } from '@renmai/platform/viewer'
import { and, eq, inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { couponTemplates } from '../coupons/coupon.table.ts'
import { segments } from '../segments/segment.table.ts'
import { templates } from '../templates/template.table.ts'
import { enter } from './enter-journeys.ts'
import { checkNodes, type JourneyNode, nodesSchema } from './journey.rules.ts'
import { type Journey, journeys } from './journey.table.ts'

const Input = z.object({
  idempotencyKey,
  name: z.string().trim().min(1).max(100),
  segmentId: z.uuid(),
  includeMembers: z.boolean().nullish(),
  nodes: nodesSchema,
})

/**
 * Checks a journey and starts it. From here on its steps do not change: a change is a new journey.
 * @throws AppError FORBIDDEN when a step sends and the viewer lacks messages:write
 */
export async function publishJourney(ctx: Context, raw: z.input<typeof Input>): Promise<Journey> {
  const input = parse(Input, raw)
  checkNodes(input.nodes)
  if (input.nodes.some((node) => node.type === 'SEND')) requireScope(ctx.viewer, 'messages:write')
  return mutate(ctx, { name: 'publishJourney', scope: 'campaigns:write' }, input, async (tx) => {
    const { name, segmentId, nodes } = input
    await checkReferences(tx, segmentId, nodes)
    const [journey] = await tx.insert(journeys).values({ tenantId: tx.tenantId, id: newId(), name, segmentId, nodes }).returning()
    if (input.includeMembers) {
      const { rows } = await tx.client.query<{ customer_id: string }>(
        'SELECT customer_id FROM segment_members WHERE tenant_id = $1 AND segment_id = $2',
        [tx.tenantId, segmentId],
      )
      await enter(
        tx,
        journey!,
        rows.map((row) => row.customer_id),
        ctx.now(),
      )
    }
    return { result: journey!, targetId: journey!.id }
  })
}

async function checkReferences(tx: Tx, segmentId: string, nodes: JourneyNode[]): Promise<void> {
  const [segment] = await tx
    .select({ id: segments.id })
    .from(segments)
    .where(and(eq(segments.tenantId, tx.tenantId), eq(segments.id, segmentId)))
  if (!segment) throw new AppError('NOT_FOUND', 'No such segment')
  const wantedTemplates = nodes.map((node) => node.templateId).filter((id) => id !== null)
  const wantedCoupons = nodes.map((node) => node.couponTemplateId).filter((id) => id !== null)
  const known = await tx
    .selectDistinct({ id: templates.id })
    .from(templates)
    .where(and(eq(templates.tenantId, tx.tenantId), inArray(templates.id, wantedTemplates)))
  const coupons = await tx
    .select({ id: couponTemplates.id })
    .from(couponTemplates)
    .where(and(eq(couponTemplates.tenantId, tx.tenantId), inArray(couponTemplates.id, wantedCoupons)))
  const missing = [...wantedTemplates, ...wantedCoupons].find((id) => ![...known, ...coupons].some((one) => one.id === id))
  if (missing) throw new AppError('NOT_FOUND', `No such template or coupon: ${missing}`)
}
