import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { policyKey } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { savedViews } from './saved-view.table.ts'
import { lockOwnView } from './saved-view.ts'

const Input = z.object({ idempotencyKey, savedViewId: z.uuid(), expectedVersion: z.int().nullish() })

/** Deletes a view of the caller. */
export async function deleteSavedView(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'deleteSavedView', scope: policyKey('staff') }, input, async (tx) => {
    const { id, version } = await lockOwnView(tx, ctx, input.savedViewId)
    requireVersion(input.expectedVersion, version)
    await tx.delete(savedViews).where(mine(tx, savedViews, id))
    return { decided: { id }, targetId: id }
  })
}
