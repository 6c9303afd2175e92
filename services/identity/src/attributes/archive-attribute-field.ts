import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import { startMapping } from '../attribute-jobs/attribute-job.ts'
import type { Context } from '../context.ts'
import { type AttributeField, attributeFields } from './attribute.table.ts'
import { lockField } from './lock-field.ts'

const Input = z.object({ idempotencyKey, fieldId: z.uuid(), expectedVersion: z.int().nullish() })

/** Archives a field. Its stored values are history and stay; segments read the copies that they were sent. */
export async function archiveAttributeField(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'archiveAttributeField', scope: 'customers:write' }, input, async (tx) => {
    const field = await lockField(tx, input.fieldId)
    requireVersion(input.expectedVersion, field.version)
    if (!field.archivedAt) await setArchived(tx, field, ctx.now())
    return { decided: { id: field.id }, targetId: field.id }
  })
}

/** Makes an archived field usable again, and schedules that values which were set aside meanwhile are read again. */
export async function restoreAttributeField(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'restoreAttributeField', scope: 'customers:write' }, input, async (tx) => {
    const field = await lockField(tx, input.fieldId)
    requireVersion(input.expectedVersion, field.version)
    if (field.archivedAt) {
      await setArchived(tx, field, null)
      await startMapping(tx, field, ctx.viewer.id)
    }
    return { decided: { id: field.id }, targetId: field.id }
  })
}

const setArchived = (tx: Tx, { id, version }: AttributeField, archivedAt: Date | null) =>
  tx
    .update(attributeFields)
    .set({ archivedAt, version: version + 1 })
    .where(mine(tx, attributeFields, id))
