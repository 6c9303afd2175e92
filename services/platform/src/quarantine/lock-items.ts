import { and, asc, eq, inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { Tx } from '../db/db.ts'
import { insertRows } from '../db/rows.ts'
import { newId } from '../serve/ids.ts'
import { quarantineFailure } from './quarantine.failures.ts'
import { type QuarantineAction, type QuarantinedItem, quarantineActions, quarantinedItems } from './quarantine.table.ts'

/** Items of one call that names them. */
const MAX_NAMED = 100

/** An item in the version that the caller saw. */
export const NamedItem = z.object({ id: z.uuid(), version: z.int() })
export const NamedItems = z.array(NamedItem).min(1).max(MAX_NAMED)
export const Reason = z.string().trim().min(1).max(500)

/**
 * Locks items that wait, in one order for all callers.
 * @throws AppError NOT_FOUND, or CONFLICT for an item that is decided, that is being replayed, or that changed meanwhile
 */
export async function lockItems(tx: Tx, named: readonly z.output<typeof NamedItem>[], field: string): Promise<QuarantinedItem[]> {
  const { tenantId, id } = quarantinedItems
  const ids = named.map((one) => one.id)
  const rows = await tx
    .select()
    .from(quarantinedItems)
    .where(and(eq(tenantId, tx.tenantId), inArray(id, ids)))
    .orderBy(asc(id))
    .for('update')
  const found = new Map(rows.map((row) => [row.id, row]))
  return named.map((one, index) => {
    const place = named.length === 1 && !field.endsWith('s') ? field : `${field}.${index}`
    const item = found.get(one.id)
    if (!item) throw quarantineFailure('QUARANTINED_ITEM_NOT_FOUND', place)
    checkWaiting(item, one.version, place)
    return item
  })
}

function checkWaiting({ state, replayingSince, version }: QuarantinedItem, seen: number, place: string): void {
  if (state !== 'WAITING') throw quarantineFailure('QUARANTINED_ITEM_DECIDED', place, { state })
  if (replayingSince) throw quarantineFailure('QUARANTINED_ITEM_REPLAYING', place)
  if (version !== seen) throw quarantineFailure('QUARANTINED_ITEM_CHANGED', place, { version })
}

/** Remembers what a person did with items. */
export async function noteAction(
  tx: Tx,
  itemIds: readonly string[],
  { action, actor, reason }: Pick<QuarantineAction, 'action' | 'actor' | 'reason'>,
): Promise<void> {
  await insertRows(
    tx,
    quarantineActions,
    itemIds.map((itemId) => ({ id: newId(), itemId, action, actor, reason })),
  )
}
