import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { changeFailure } from '@renmai/platform/serve/change.failures'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { and, eq, inArray, isNotNull, or } from 'drizzle-orm'
import { z } from 'zod'
import { endExpiry, scheduleExpiry, startMapping } from '../attribute-jobs/attribute-job.ts'
import type { Context } from '../context.ts'
import { attributeFailure } from './attribute.failures.ts'
import { type AttributeField, attributeFields, attributeValues, handValues } from './attribute.table.ts'
import { changesEncryption, checkName, checkOptions, removedOptions } from './attribute-field.rules.ts'
import { Aliases, Label, RetentionDays, Sensitivity, SourcePriority, Survivorship } from './create-attribute-field.ts'
import { Options, Unit } from './format-input.ts'
import { lockField } from './lock-field.ts'
import { lockKeys, requireFreeAliases } from './require-free-aliases.ts'

const Changes = z.object({
  label: Label.nullish(),
  sensitivity: Sensitivity.nullish(),
  options: Options.nullish(),
  unit: Unit.nullish(),
  sourcePriority: SourcePriority.nullish(),
  survivorship: Survivorship.nullish(),
  retentionDays: RetentionDays.min(0).nullish(),
  aliases: Aliases.nullish(),
})
type Given = Partial<Pick<AttributeField, keyof typeof Changes.shape>>
const Input = Changes.extend({ idempotencyKey, fieldId: z.uuid(), expectedVersion: z.int().nullish() })

/**
 * Changes a field where its stored values stay right.
 * @throws AppError CONFLICT for another protection of stored values, and the removal of an option that a profile has
 */
export async function updateAttributeField(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { fieldId, expectedVersion, idempotencyKey: _, ...changes } = input
  const given: Given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null && value !== undefined))
  if (Object.keys(given).length === 0)
    throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: Object.keys(Changes.shape).join(', ') })
  return mutate(ctx, { name: 'updateAttributeField', scope: 'customers:write' }, input, async (tx) => {
    if (given.aliases) await lockKeys(tx)
    const field = await lockField(tx, fieldId)
    requireVersion(expectedVersion, field.version)
    await requireHarmless(tx, field, given)
    const changed = {
      ...given,
      unit: (given.unit ?? field.unit) || null,
      retentionDays: (given.retentionDays ?? field.retentionDays) || null,
      options: given.options ? checkOptions(field.kind, given.options) : field.options,
      version: field.version + 1,
    }
    await tx
      .update(attributeFields)
      .set(changed)
      .where(mine(tx, attributeFields, fieldId))
    await follow(tx, field, { ...field, ...changed }, ctx.viewer.id)
    return { decided: { id: fieldId }, targetId: fieldId }
  })
}

/** @throws AppError for a change that would make stored values wrong, and for one that the kind of the field does not have */
async function requireHarmless(tx: Tx, field: AttributeField, { sensitivity, options, unit, aliases }: Given): Promise<void> {
  checkName({ ...field, ...(sensitivity && { sensitivity }) })
  if (unit && field.kind !== 'NUMBER') throw attributeFailure('UNIT_NOT_ALLOWED', 'unit')
  if (aliases) await requireFreeAliases(tx, field, aliases)
  const removed = removedOptions(field, options)
  const isEncryptionChanged = changesEncryption(field, sensitivity)
  if (isEncryptionChanged || removed.length > 0) await lockResolution(tx)
  if (isEncryptionChanged) await requireNoValue(tx, field, 'sensitivity')
  // The text of an encrypted value, and of a list, is not searched: any stored value may be one of the removed options.
  if (removed.length > 0) await requireNoValue(tx, field, 'options', field.cardinality === 'ONE' ? removed : undefined)
}

/** What follows from a change: values that were set aside may have a field, old values may end. */
async function follow(tx: Tx, before: AttributeField, after: AttributeField, by: string): Promise<void> {
  const accepts = (names: readonly string[], known: readonly string[]) => names.some((name) => !known.includes(name))
  if (accepts(after.aliases, before.aliases) || accepts(after.options, before.options)) await startMapping(tx, after, by)
  if (after.retentionDays && !before.retentionDays) await scheduleExpiry(tx, after, by)
  if (!after.retentionDays && before.retentionDays) await endExpiry(tx, after.id)
}

/** Waits for the batch of a source that has read the field as it was, and lets none begin. */
const lockResolution = (tx: Tx) => tx.client.query("SELECT pg_advisory_xact_lock(hashtext('resolve'), hashtext($1))", [tx.tenantId])

/** @param values the values that no profile may have; none at all without it */
async function requireNoValue(tx: Tx, { key }: AttributeField, changed: string, values?: string[]): Promise<void> {
  for (const table of [attributeValues, handValues]) {
    const isOneOfThem = values && inArray(table.value, values)
    const [found] = await tx
      .select({ key: table.key })
      .from(table)
      .where(and(eq(table.tenantId, tx.tenantId), eq(table.key, key), or(isOneOfThem ?? isNotNull(table.value), isNotNull(table.sealed))))
      .limit(1)
    if (found) throw attributeFailure('ATTRIBUTE_VALUES_IN_USE', changed)
  }
}
