import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { requireTags } from '../tags/tag.ts'
import { definitionSchema } from './clause.rules.ts'
import { tagsOf, usesClock } from './compile-clause.rules.ts'
import { segments } from './segment.table.ts'

const Input = z.object({ idempotencyKey, name: z.string().trim().min(1).max(100), definition: definitionSchema })

/** Creates a segment. A worker computes its members; the first evaluation of all customers follows immediately. */
export async function createSegment(
  ctx: Context,
  raw: { idempotencyKey: string; name: string; definition: unknown },
): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const check = () => requireTags(ctx, tagsOf(input.definition), 'definition')
  return mutate(ctx, { name: 'createSegment', scope: 'campaigns:write', check }, input, async (tx) => {
    const row = {
      tenantId: tx.tenantId,
      id: newId(),
      name: input.name,
      definition: input.definition,
      usesClock: usesClock(input.definition),
    }
    await tx.insert(segments).values(row)
    tx.work.add('segments')
    return { decided: { id: row.id }, targetId: row.id }
  })
}
