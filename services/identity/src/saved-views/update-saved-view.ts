import { mine } from '@renmai/platform/db/rows'
import { changeFailure } from '@renmai/platform/serve/change.failures'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { policyKey } from '@renmai/platform/serve/viewer'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { savedViews } from './saved-view.table.ts'
import { Changes, columnsOf, lockOwnView } from './saved-view.ts'

const Input = Changes.extend({ idempotencyKey, savedViewId: z.uuid(), expectedVersion: z.int().nullish() })

/** Changes a view of the caller. */
export async function updateSavedView(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const id = input.savedViewId
  const changes = columnsOf(ctx, id, input)
  if (Object.keys(changes).length === 0)
    throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: 'name, filter, orderBy, columns, isShared' })
  return mutate(ctx, { name: 'updateSavedView', scope: policyKey('staff') }, input, async (tx) => {
    const { version } = await lockOwnView(tx, ctx, id)
    requireVersion(input.expectedVersion, version)
    await tx
      .update(savedViews)
      .set({ ...changes, version: version + 1, updatedAt: ctx.now() })
      .where(mine(tx, savedViews, id))
    return { decided: { id }, targetId: id }
  })
}
