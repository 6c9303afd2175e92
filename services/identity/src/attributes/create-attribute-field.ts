import { insertRowsReturning } from '@renmai/platform/db/rows'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { isStorableText } from '@renmai/platform/serve/text.rules'
import { z } from 'zod'
import { scheduleExpiry, startMapping } from '../attribute-jobs/attribute-job.ts'
import type { Context } from '../context.ts'
import { AttributeSensitivity } from '../gen/resolvers.ts'
import { attributeFailure } from './attribute.failures.ts'
import { attributeFields } from './attribute.table.ts'
import { checkFormat, formatInput } from './format-input.ts'
import { lockKeys, requireFreeAliases, requireRoom } from './require-free-aliases.ts'
import { CHOSEN_RULES } from './survivor.rules.ts'

export const Label = z.string().min(1).max(100)
export const Sensitivity = z.enum(AttributeSensitivity)
export const SourcePriority = z.array(z.string().min(1).max(256)).max(50)
export const Survivorship = z
  .array(z.enum(CHOSEN_RULES))
  .max(CHOSEN_RULES.length)
  .transform((rules) => [...new Set(rules)])
export const RetentionDays = z.int().max(36_500)
export const Aliases = z
  .array(z.string().min(1).max(64).refine(isStorableText, 'cannot be stored'))
  .max(20)
  .transform((aliases) => [...new Set(aliases)])

const Input = z.object({
  idempotencyKey,
  key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'lower case letters, digits and _'),
  label: Label,
  sensitivity: Sensitivity,
  ...formatInput,
  sourcePriority: SourcePriority.nullish(),
  survivorship: Survivorship.nullish(),
  retentionDays: RetentionDays.min(1).nullish(),
  aliases: Aliases.nullish(),
})

/** Registers a field, and schedules that values which were set aside under its keys are read again. */
export async function createAttributeField(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { key, label, sensitivity, sourcePriority, survivorship, retentionDays, aliases } = input
  const format = checkFormat(key, sensitivity, input)
  return mutate(ctx, { name: 'createAttributeField', scope: 'customers:write' }, input, async (tx) => {
    const id = newId()
    await lockKeys(tx)
    await requireRoom(tx, key)
    await requireFreeAliases(tx, { id, key }, aliases ?? [])
    const row = {
      ...format,
      id,
      label,
      sensitivity,
      aliases: aliases ?? [],
      retentionDays: retentionDays ?? null,
      sourcePriority: sourcePriority ?? [],
      survivorship: survivorship ?? [],
    }
    const [field] = await insertRowsReturning(tx, attributeFields, [row])
    if (!field) throw attributeFailure('ATTRIBUTE_KEY_TAKEN', 'key', { key })
    await startMapping(tx, field, ctx.viewer.id)
    if (retentionDays) await scheduleExpiry(tx, field, ctx.viewer.id)
    return { decided: { id }, targetId: id }
  })
}
