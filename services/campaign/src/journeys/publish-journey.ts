import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { tagsOf } from '../segments/compile-clause.rules.ts'
import { requireTags } from '../tags/tag.ts'
import { enter } from './enter-journeys.ts'
import { checkNodes, nodesSchema } from './journey.rules.ts'
import { journeys } from './journey.table.ts'
import { kindOf } from './nodes.ts'
import { checkReferences } from './references.ts'
import { triggerKindOf, triggerSchema } from './triggers.ts'

const Input = z.object({
  idempotencyKey,
  name: z.string().trim().min(1).max(100),
  trigger: triggerSchema,
  nodes: nodesSchema,
})

/**
 * Checks a journey and starts it. From here on its steps do not change: a change is a new journey.
 * @throws AppError FORBIDDEN when a step needs a scope that the viewer lacks; NOT_FOUND when a step names something that does
 *   not exist
 */
export async function publishJourney(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  requireScope(ctx.viewer, 'campaigns:write')
  checkNodes(input.nodes)
  for (const { scope } of input.nodes.map(kindOf)) if (scope) requireScope(ctx.viewer, scope)
  const conditions = input.nodes.flatMap((node) => kindOf(node).conditions?.(node) ?? [])
  const check = () => requireTags(ctx, conditions.flatMap(tagsOf), 'nodes')
  return mutate(ctx, { name: 'publishJourney', scope: 'campaigns:write', check }, input, async (tx) => {
    const { name, trigger, nodes } = input
    const kind = triggerKindOf(trigger)
    await checkReferences(tx, [...kind.references(trigger), ...nodes.flatMap((node) => kindOf(node).references?.(node) ?? [])])
    const row = { tenantId: tx.tenantId, id: newId(), name, trigger, ...kind.columns?.(trigger), nodes }
    const [journey] = await tx.insert(journeys).values(row).returning()
    const customerIds = (await kind.present?.(tx, trigger)) ?? []
    if (customerIds.length > 0) await enter(tx, journey!, customerIds, ctx.now())
    return { decided: { id: row.id }, targetId: row.id }
  })
}
