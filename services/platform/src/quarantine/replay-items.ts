import { and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Tx } from '../db/db.ts'
import { newId } from '../serve/ids.ts'
import { type BaseContext, idempotencyKey, mutate } from '../serve/mutate.ts'
import { parse } from '../serve/parse.ts'
import { requested } from './correct-item.ts'
import { type Kinds, requireReplay } from './kinds.ts'
import { quarantinedBy } from './list-quarantined.ts'
import { lockItems, NamedItems, noteAction, Reason } from './lock-items.ts'
import { quarantinedItems, quarantineReplays } from './quarantine.table.ts'

/** Items of one replay; what is beyond it waits for the next one. */
export const MAX_REPLAYED = 10_000

const Texts = z.array(z.string().max(100)).nullish()
const Moment = z.union([z.date(), z.string()]).nullish()
const Filter = z.object({
  kinds: Texts,
  reasons: Texts,
  states: z.array(z.enum(['WAITING', 'REPLAYED', 'CORRECTED', 'DISCARDED'])).nullish(),
  source: z.string().max(300).nullish(),
  subject: z.string().max(300).nullish(),
  waitingFrom: Moment,
  waitingBefore: Moment,
})
const Input = z
  .object({ idempotencyKey, items: NamedItems.nullish(), filter: Filter.nullish(), reason: Reason.nullish() })
  .refine(({ items, filter }) => !items !== !filter, { message: 'give exactly one of items and filter', path: ['items'] })

/**
 * Requests a replay of waiting items, given by their ids or by a filter. The queue replays them; the returned job shows
 * how far it is.
 * @param command name of the mutation
 */
export async function replayItems(
  ctx: BaseContext,
  kinds: Kinds,
  command: string,
  raw: z.input<typeof Input>,
): Promise<{ replayId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: command, scope: 'quarantine:write' }, input, async (tx) => {
    const { items, filter } = input
    const ids = items ? await lockNamed(tx, kinds, items) : await lockMatching(tx, kinds, filter!)
    const [replayId, isPartial] = [newId(), ids.length > MAX_REPLAYED]
    const taken = ids.slice(0, MAX_REPLAYED)
    await tx
      .insert(quarantineReplays)
      .values({ tenantId: tx.tenantId, id: replayId, total: taken.length, isPartial, requestedBy: ctx.viewer.id })
    if (taken.length > 0) {
      await tx
        .update(quarantinedItems)
        .set({ ...requested(ctx), replayId, version: sql`${quarantinedItems.version} + 1` })
        .where(and(eq(quarantinedItems.tenantId, tx.tenantId), sql`${quarantinedItems.id} = ANY(${sql.param(taken)}::uuid[])`))
      await noteAction(tx, taken, { action: 'REPLAYED', actor: ctx.viewer.id, reason: input.reason ?? null })
      tx.work.add('quarantined_items')
    }
    return { decided: { replayId }, targetId: replayId }
  })
}

async function lockNamed(tx: Tx, kinds: Kinds, named: z.output<typeof NamedItems>): Promise<string[]> {
  const items = await lockItems(tx, named, 'items')
  items.forEach((item, index) => requireReplay(kinds, item, `items.${index}`))
  return items.map(({ id }) => id)
}

/** What may have happened already is replayed only by a person who names it. */
const UNCERTAIN = 'UNKNOWN'

/** Ids of the items that match, can be replayed and are not being replayed, one more than a replay takes when there are more. */
async function lockMatching(tx: Tx, kinds: Kinds, filter: z.output<typeof Filter>): Promise<string[]> {
  const { tenantId, id, state, reason, replayingSince, originTable } = quarantinedItems
  const tables = [...kinds].filter(([, { replay }]) => replay).map(([name]) => name)
  const rows = await tx
    .select({ id })
    .from(quarantinedItems)
    .where(
      and(
        eq(tenantId, tx.tenantId),
        eq(state, 'WAITING'),
        ne(reason, UNCERTAIN),
        isNull(replayingSince),
        inArray(originTable, tables),
        quarantinedBy(filter),
      ),
    )
    .orderBy(asc(id))
    .limit(MAX_REPLAYED + 1)
    .for('update')
  return rows.map((row) => row.id)
}
