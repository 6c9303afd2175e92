import { withTenant } from '@renmai/platform/db/db'
import type { Context } from '../context.ts'
import { changedFields } from './changed-fields.ts'
import { profilesOfCustomer, readCustomers } from './customer.queries.ts'
import { joiningConflicts, type MergeConflictRow } from './joining-conflicts.ts'
import { checkMerge } from './merge.rules.ts'
import { previewServices, type ServicePreview } from './preview-services.ts'

export type MergePreviewRow = {
  readonly survivorId: string
  readonly absorbedId: string
  readonly movedProfileIds: readonly string[]
  readonly changedFields: readonly string[]
  readonly conflicts: readonly MergeConflictRow[]
  readonly services: readonly ServicePreview[]
}

/**
 * What a merge of two customers would change, in identity and in every other service. Nothing is changed.
 * @throws AppError as mergeCustomers, when the two cannot be merged
 */
export async function previewMerge(
  ctx: Context,
  { survivorId, absorbedId }: Record<'survivorId' | 'absorbedId', string>,
): Promise<MergePreviewRow> {
  const { survivorProfileIds, absorbedProfileIds, ...own } = await withTenant(ctx.db, ctx.viewer.tenantId, async (tx) => {
    const both = await readCustomers(tx, [survivorId, absorbedId])
    checkMerge(both.get(survivorId), both.get(absorbedId))
    const [mine, theirs] = [await profilesOfCustomer(tx, survivorId), await profilesOfCustomer(tx, absorbedId)]
    return {
      survivorProfileIds: mine,
      absorbedProfileIds: theirs,
      changedFields: await changedFields(tx, ctx.keyRing, { survivorId, absorbedId }),
      conflicts: await joiningConflicts(tx, { survivorId, absorbedId }, mine, theirs),
    }
  })
  // No request within a transaction.
  const services = await previewServices(ctx.bus, {
    tenantId: ctx.viewer.tenantId,
    survivorId,
    absorbedId,
    survivorProfileIds,
    absorbedProfileIds,
  })
  return { survivorId, absorbedId, movedProfileIds: absorbedProfileIds, ...own, services }
}
