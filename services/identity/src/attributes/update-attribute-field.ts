import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { changeFailure } from '@renmai/platform/serve/change.failures'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { and, eq, inArray, isNotNull, or } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { attributeFailure } from './attribute.failures.ts'
import { type AttributeField, attributeFields, attributeValues, handValues } from './attribute.table.ts'
import { changesEncryption, checkName, checkOptions, removedOptions } from './attribute-field.rules.ts'
import { Label, Options, Sensitivity, SourcePriority } from './create-attribute-field.ts'
import { lockField } from './lock-field.ts'

const Input = z.object({
  idempotencyKey,
  fieldId: z.uuid(),
  label: Label.nullish(),
  sensitivity: Sensitivity.nullish(),
  options: Options.nullish(),
  sourcePriority: SourcePriority.nullish(),
  expectedVersion: z.int().nullish(),
})

/**
 * Changes a field where its stored values stay right.
 * @throws AppError CONFLICT for another protection of stored values, and the removal of an option that a profile has
 */
export async function updateAttributeField(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { fieldId, label, sensitivity, options, sourcePriority, expectedVersion } = input
  if (!label && !sensitivity && !options && !sourcePriority)
    throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: 'label, sensitivity, options, sourcePriority' })
  return mutate(ctx, { name: 'updateAttributeField', scope: 'customers:write' }, input, async (tx) => {
    const field = await lockField(tx, fieldId)
    requireVersion(expectedVersion, field.version)
    checkName({ ...field, ...(sensitivity && { sensitivity }) })
    const removed = removedOptions(field, options ?? undefined)
    const isEncryptionChanged = changesEncryption(field, sensitivity ?? undefined)
    if (isEncryptionChanged || removed.length > 0) await lockResolution(tx)
    if (isEncryptionChanged) await requireNoValue(tx, field, 'sensitivity')
    // The text of an encrypted value is not searched: any stored value may be one of the removed options.
    if (removed.length > 0) await requireNoValue(tx, field, 'options', removed)
    await tx
      .update(attributeFields)
      .set({
        ...(label ? { label } : {}),
        ...(sensitivity ? { sensitivity } : {}),
        ...(options ? { options: checkOptions(field.kind, options) } : {}),
        ...(sourcePriority ? { sourcePriority } : {}),
        version: field.version + 1,
      })
      .where(mine(tx, attributeFields, fieldId))
    return { decided: { id: fieldId }, targetId: fieldId }
  })
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
