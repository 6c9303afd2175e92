import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Tx } from '../db/db.ts'
import { mine } from '../db/rows.ts'
import { AppError } from '../serve/errors.ts'
import { type BaseContext, idempotencyKey, mutate } from '../serve/mutate.ts'
import { parse } from '../serve/parse.ts'
import { isStorableText } from '../serve/text.rules.ts'
import { type Kinds, requireReplay } from './kinds.ts'
import { lockItems, noteAction, Reason } from './lock-items.ts'
import { quarantineFailure } from './quarantine.failures.ts'
import { type QuarantinedItem, quarantinedItems } from './quarantine.table.ts'
import { findOf, type QuarantineKind, type Reading } from './quarantine-kind.ts'

const MAX_ORIGINAL = 256 * 1024

const Input = z.object({
  idempotencyKey,
  itemId: z.uuid(),
  version: z.int(),
  original: z.string().min(1).max(MAX_ORIGINAL).refine(isStorableText, 'has characters that cannot be stored'),
  reason: Reason.nullish(),
})

/**
 * Replaces the original of an item by a corrected one, which passes the checks of the first time, and replays it.
 * @param command name of the mutation
 */
export async function correctItem(
  ctx: BaseContext & Reading,
  kinds: Kinds,
  command: string,
  raw: z.input<typeof Input>,
): Promise<{ itemId: string }> {
  const input = parse(Input, raw)
  const { itemId, version, original: text } = input
  return mutate(ctx, { name: command, scope: 'quarantine:write' }, input, async (tx) => {
    const [item] = await lockItems(tx, [{ id: itemId, version }], 'itemId')
    const kind = requireReplay(kinds, item!, 'itemId')
    const { original } = kind
    if (!original)
      throw new AppError('INVALID', 'The original of this item stands elsewhere; change it there, and replay the item', {
        itemId: 'has no original to correct',
      })
    await original.check?.(tx, ctx, item!, text)
    await store(tx, kind, item!, original.toStored(ctx, item!, text))
    await tx
      .update(quarantinedItems)
      .set({ ...requested(ctx), correctedAt: ctx.now(), version: item!.version + 1 })
      .where(mine(tx, quarantinedItems, itemId))
    await noteAction(tx, [itemId], { action: 'CORRECTED', actor: ctx.viewer.id, reason: input.reason ?? null })
    tx.work.add('quarantined_items')
    return { decided: { itemId }, targetId: itemId }
  })
}

/** What a requested replay sets in an item. An attempt that had ended, and could not record it, cannot end this one. */
export const requested = ({ viewer }: Pick<BaseContext, 'viewer'>) => ({
  nextAt: sql`now()`,
  replayingSince: sql`now()`,
  requestedBy: viewer.id,
  attempts: 0,
  attemptId: null,
})

/** Replaces the stored original, and keeps the first one with the item. */
async function store(tx: Tx, kind: QuarantineKind<never>, item: QuarantinedItem, stored: Buffer): Promise<void> {
  const [column, condition] = [kind.original!.column, findOf(kind)('$2')]
  const given = [tx.tenantId, item.origin]
  const { rows } = await tx.client.query<{ before: Buffer }>(
    `SELECT r.${column} AS before FROM ${kind.table} r WHERE r.tenant_id = $1 AND ${condition} FOR UPDATE`,
    given,
  )
  const before = rows[0]?.before
  if (!before) throw quarantineFailure('ORIGINAL_DELETED', 'itemId')
  await tx.client.query(`UPDATE ${kind.table} r SET ${column} = $3 WHERE r.tenant_id = $1 AND ${condition}`, [...given, stored])
  if (!item.firstOriginal)
    await tx
      .update(quarantinedItems)
      .set({ firstOriginal: before })
      .where(mine(tx, quarantinedItems, item.id))
}
