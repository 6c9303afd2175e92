import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { purposes } from './purpose.table.ts'
import { lockPurpose } from './purpose.ts'

const Input = z.object({ idempotencyKey, purposeId: z.uuid(), expectedVersion: z.int().nullish() })

/**
 * Archives a purpose. The services that use it by its key need not be queried: the gate refuses all of its messages from now on.
 * A purpose that is archived already stays as it is.
 */
export function archivePurpose(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  return setArchived(ctx, 'archivePurpose', raw, ctx.now())
}

/** Restores an archived purpose. A purpose that is in use stays as it is. */
export function restorePurpose(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  return setArchived(ctx, 'restorePurpose', raw, null)
}

function setArchived(ctx: Context, name: string, raw: z.input<typeof Input>, archivedAt: Date | null): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name, scope: 'consents:write' }, input, async (tx) => {
    const { id, key, version, archivedAt: before } = await lockPurpose(tx, input.purposeId)
    requireVersion(input.expectedVersion, version)
    if (Boolean(before) !== Boolean(archivedAt))
      await tx
        .update(purposes)
        .set({ archivedAt, updatedAt: ctx.now() })
        .where(mine(tx, purposes, id))
    return { decided: { id }, targetId: key }
  })
}
