import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { requirePurposes } from '../purposes/purpose.ts'
import { tagsOf } from '../segments/compile-clause.rules.ts'
import { requireTags } from '../tags/tag.ts'
import { enter } from './enter-journeys.ts'
import { checkNodes, nodesSchema } from './journey.rules.ts'
import { journeys } from './journey.table.ts'
import { lockReferences } from './journey.ts'
import { kindOf, fieldOf as nodeField } from './nodes.ts'
import { checkReferences, type Reference } from './references.ts'
import { fieldOf as triggerField, triggerKindOf, triggerSchema } from './triggers.ts'

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
  const steps = input.nodes.map((node, no) => ({ node, kind: kindOf(node), path: `nodes.${no}.${nodeField(node)}` }))
  const check = async () => {
    await requireTags(ctx, steps.flatMap(({ node, kind }) => kind.conditions?.(node) ?? []).flatMap(tagsOf), 'nodes')
    const purposes = steps.flatMap(({ node, kind, path }) => (kind.purpose ? [{ key: kind.purpose(node), field: `${path}.purpose` }] : []))
    await requirePurposes(ctx, purposes)
  }
  return mutate(ctx, { name: 'publishJourney', scope: 'campaigns:write', check }, input, async (tx) => {
    const { name, trigger, nodes } = input
    const kind = triggerKindOf(trigger)
    await lockReferences(tx)
    await checkReferences(tx, [
      ...below(`trigger.${triggerField(trigger)}`, kind.references(trigger)),
      ...steps.flatMap(({ node, kind, path }) => below(path, kind.references?.(node) ?? [])),
    ])
    const row = { tenantId: tx.tenantId, id: newId(), name, trigger, ...kind.columns?.(trigger), nodes }
    const [journey] = await tx.insert(journeys).values(row).returning()
    const customerIds = (await kind.present?.(tx, trigger)) ?? []
    if (customerIds.length > 0) await enter(tx, journey!, customerIds, ctx.now())
    return { decided: { id: row.id }, targetId: row.id }
  })
}

/** References with their paths in the whole input. */
const below = (path: string, references: readonly Reference[]): Reference[] =>
  references.map((one) => ({ ...one, field: `${path}.${one.field}` }))
