import type { Tx } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { policyKey } from '@renmai/platform/serve/viewer'
import { and, count, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { SavedViewKind } from '../gen/resolvers.ts'
import { lockMember } from '../staff/staff.ts'
import { savedViewFailure } from './saved-view.failures.ts'
import { savedViews } from './saved-view.table.ts'
import { Changes, columnsOf } from './saved-view.ts'

const MOST_VIEWS = 200

const Input = Changes.extend({ idempotencyKey, kind: z.enum(SavedViewKind), name: Changes.shape.name.unwrap().unwrap() })

/** Saves a view of the caller. */
export async function createSavedView(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'createSavedView', scope: policyKey('staff') }, input, async (tx) => {
    const [id, staffId] = [newId(), ctx.viewer.id]
    await lockMember(tx, staffId)
    await requireRoom(tx, staffId)
    const { name, kind } = input
    await tx
      .insert(savedViews)
      .values({ ...columnsOf(ctx, id, input), tenantId: tx.tenantId, id, staffId, name, kind, updatedAt: ctx.now() })
    return { decided: { id }, targetId: id }
  })
}

async function requireRoom(tx: Tx, staffId: string): Promise<void> {
  const own = and(eq(savedViews.tenantId, tx.tenantId), eq(savedViews.staffId, staffId))
  const [found] = await tx.select({ n: count() }).from(savedViews).where(own)
  if (found!.n >= MOST_VIEWS) throw savedViewFailure('TOO_MANY_SAVED_VIEWS', undefined, { most: MOST_VIEWS })
}
