import { z } from 'zod'
import { mine } from '../db/rows.ts'
import { type BaseContext, idempotencyKey, mutate } from '../serve/mutate.ts'
import { parse } from '../serve/parse.ts'
import { requireScope } from '../serve/viewer.ts'
import { type Kinds } from './kinds.ts'
import { noteAction, Reason } from './lock-items.ts'
import { quarantineFailure } from './quarantine.failures.ts'
import { quarantinedItems } from './quarantine.table.ts'
import type { Reading } from './quarantine-kind.ts'
import { readOriginals } from './read-originals.ts'

const Input = z.object({ idempotencyKey, itemId: z.uuid(), reason: Reason })

/**
 * Reads the whole original of an item, which can hold personal data. The reading and its reason are recorded. A repeat
 * returns no original.
 * @param command name of the mutation
 */
export async function revealItem(
  ctx: BaseContext & Reading,
  kinds: Kinds,
  command: string,
  raw: z.input<typeof Input>,
): Promise<{ itemId: string; original?: string | null }> {
  const input = parse(Input, raw)
  requireScope(ctx.viewer, 'personal:read')
  return mutate<{ itemId: string }, { original: string | null }>(ctx, { name: command, scope: 'quarantine:read' }, input, async (tx) => {
    const { itemId, reason } = input
    const [item] = await tx
      .select()
      .from(quarantinedItems)
      .where(mine(tx, quarantinedItems, itemId))
    if (!item) throw quarantineFailure('QUARANTINED_ITEM_NOT_FOUND', 'itemId')
    const texts = await readOriginals(tx, ctx, kinds, [item])
    await noteAction(tx, [itemId], { action: 'REVEALED', actor: ctx.viewer.id, reason })
    return { decided: { itemId }, targetId: itemId, once: { original: texts.get(itemId) ?? null } }
  })
}
