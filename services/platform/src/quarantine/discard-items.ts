import { and, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type BaseContext, idempotencyKey, mutate } from '../serve/mutate.ts'
import { parse } from '../serve/parse.ts'
import { lockItems, NamedItems, noteAction, Reason } from './lock-items.ts'
import { quarantinedItems } from './quarantine.table.ts'

const Input = z.object({ idempotencyKey, items: NamedItems, reason: Reason })

/**
 * Decides that items are never processed. What was set aside stays until its retention ends.
 * @param command name of the mutation
 */
export async function discardItems(ctx: BaseContext, command: string, raw: z.input<typeof Input>): Promise<{ discarded: number }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: command, scope: 'quarantine:write' }, input, async (tx) => {
    const ids = (await lockItems(tx, input.items, 'items')).map(({ id }) => id)
    await tx
      .update(quarantinedItems)
      .set({ state: 'DISCARDED', decidedBy: ctx.viewer.id, decidedAt: ctx.now(), version: sql`${quarantinedItems.version} + 1` })
      .where(and(eq(quarantinedItems.tenantId, tx.tenantId), inArray(quarantinedItems.id, ids)))
    await noteAction(tx, ids, { action: 'DISCARDED', actor: ctx.viewer.id, reason: input.reason })
    return { decided: { discarded: ids.length }, targetId: ids.join(' ').slice(0, 1_000) }
  })
}
