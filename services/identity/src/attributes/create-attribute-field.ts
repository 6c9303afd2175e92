import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { AttributeKind, AttributeSensitivity } from '../gen/resolvers.ts'
import { attributeFailure } from './attribute.failures.ts'
import { attributeFields } from './attribute.table.ts'
import { checkName, checkOptions } from './attribute-field.rules.ts'

export const Label = z.string().min(1).max(100)
export const Sensitivity = z.enum(AttributeSensitivity)
export const Options = z.array(z.string().min(1).max(100)).max(500)
export const SourcePriority = z.array(z.string().min(1).max(256)).max(50)

const Input = z.object({
  idempotencyKey,
  key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'lower case letters, digits and _'),
  label: Label,
  kind: z.enum(AttributeKind),
  sensitivity: Sensitivity,
  options: Options.nullish(),
  sourcePriority: SourcePriority.nullish(),
})

/** Registers a field. Its key and kind cannot change: stored values were checked according to them. */
export async function createAttributeField(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { key, label, kind, sensitivity } = input
  checkName(input)
  const options = checkOptions(kind, input.options ?? [])
  return mutate(ctx, { name: 'createAttributeField', scope: 'customers:write' }, input, async (tx) => {
    const id = newId()
    const { rowCount } = await tx
      .insert(attributeFields)
      .values({ tenantId: tx.tenantId, id, key, label, kind, sensitivity, options, sourcePriority: input.sourcePriority ?? [] })
      .onConflictDoNothing()
    if (rowCount === 0) throw attributeFailure('ATTRIBUTE_KEY_TAKEN', 'key', { key })
    return { decided: { id }, targetId: id }
  })
}
