import { sql } from 'drizzle-orm'
import { type Db, type Tx, withTenant } from '../db/db.ts'
import { mine } from '../db/rows.ts'
import { AppError, isTransient } from '../serve/errors.ts'
import { outside } from '../work/outside.ts'
import type { QueueEntry } from '../work/queue.ts'
import { problemOf } from '../work/settle.ts'
import { type Kinds } from './kinds.ts'
import { type QuarantinedItem, quarantinedItems } from './quarantine.table.ts'
import { findOf, type QuarantineKind, type Reading } from './quarantine-kind.ts'
import { readOriginals } from './read-originals.ts'

/**
 * The queue of requested replays. A row of another queue goes back there; other work is done here, by the function of the
 * first time. The triggers of the row close the item when it is done. While a system is away, the replay waits for it.
 */
export const replayQuarantine = <D extends { readonly db: Db } & Reading>(kinds: Kinds): QueueEntry<D> =>
  outside(quarantinedItems, (deps: D) => ({
    name: 'replay-quarantine',
    leaseSeconds: 60,
    batch: 25,
    // The effects commit here, and not with the outcome: when they fail, the item must wait further.
    call: (item) =>
      replay(deps, kinds as ReadonlyMap<string, QuarantineKind<D>>, item)
        .then((effects) => withTenant(deps.db, item.tenantId, async (tx) => ((await isHeld(tx, item)) ? effects(tx) : undefined)))
        .then(() => ({ done: () => Promise.resolve() }))
        .catch((error) => {
          if (isTransient(error)) throw error
          return { done: (tx: Tx) => waitFurther(tx, item, error) }
        }),
  }))

/** Whether this attempt still has the item, which it locks: after the end of its lease another one may. */
async function isHeld(tx: Tx, { id, attemptId }: QuarantinedItem): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `SELECT 1 FROM quarantined_items WHERE tenant_id = $1 AND id = $2 AND attempt_id = $3 AND state = 'WAITING' FOR UPDATE`,
    [tx.tenantId, id, attemptId],
  )
  return rowCount === 1
}

/** Does the work outside of transactions. @returns the function that commits its effects and settles the row */
async function replay<D extends { readonly db: Db } & Reading>(
  deps: D,
  kinds: ReadonlyMap<string, QuarantineKind<D>>,
  item: QuarantinedItem,
): Promise<(tx: Tx) => Promise<unknown>> {
  const kind = kinds.get(item.originTable)
  if (!kind) throw new AppError('CONFLICT', `Items of the kind ${item.kind} cannot be processed here`)
  const { replay: way } = kind
  if (!way) throw new AppError('CONFLICT', `Items of the kind ${item.kind} cannot be replayed`)
  if ('handBack' in way)
    return (tx) => {
      tx.work.add(kind.table)
      return change(tx, kind, item, way.handBack)
    }
  const texts = await withTenant(deps.db, item.tenantId, (tx) => readOriginals(tx, deps, kinds as unknown as Kinds, [item]))
  const text = texts.get(item.id)
  if (text === undefined) throw new AppError('CONFLICT', 'ORIGINAL_GONE: the original is deleted, or cannot be opened')
  const effects = await way.run(deps, item, text)
  return async (tx) => {
    await effects(tx)
    if (way.settle) await change(tx, kind, item, way.settle)
    else await stopWaitingFor(tx, kind, item)
  }
}

async function change<D>(tx: Tx, kind: QuarantineKind<D>, { origin }: QuarantinedItem, assignments: string): Promise<void> {
  const { rowCount } = await tx.client.query(`UPDATE ${kind.table} r SET ${assignments} WHERE r.tenant_id = $1 AND ${findOf(kind)('$2')}`, [
    tx.tenantId,
    origin,
  ])
  if (rowCount === 0) throw new AppError('CONFLICT', 'ORIGINAL_GONE: the original is deleted')
}

/** Effects that left the row as it was did not settle it: the item waits further, for the reason that the row has now. */
async function stopWaitingFor<D>(tx: Tx, kind: QuarantineKind<D>, { id, origin }: QuarantinedItem): Promise<void> {
  await tx.client.query(
    `UPDATE quarantined_items q SET replaying_since = NULL, requested_by = NULL, tries = q.tries + 1, version = q.version + 1,
       reason = split_part(${kind.problem('r')}, ':', 1) FROM ${kind.table} r
     WHERE q.tenant_id = $1 AND q.id = $3 AND q.state = 'WAITING' AND q.replaying_since IS NOT NULL AND r.tenant_id = $1 AND ${findOf(kind)('$2')}`,
    [tx.tenantId, origin, id],
  )
}

/** A code in front of a colon in the message of a refusal, such as that of a rule. */
const CODED = /^([A-Z][A-Z0-9_]*)(?:: (.*))?$/s

async function waitFurther(tx: Tx, item: QuarantinedItem, error: unknown): Promise<void> {
  const problem = error instanceof AppError && CODED.test(error.message) ? error.message : problemOf(error)
  const [, reason = 'INTERNAL', detail = null] = CODED.exec(problem) ?? [undefined, undefined, problem]
  await tx
    .update(quarantinedItems)
    .set({
      reason,
      detail: detail?.slice(0, 500) ?? null,
      replayingSince: null,
      requestedBy: null,
      tries: sql`${quarantinedItems.tries} + 1`,
      version: sql`${quarantinedItems.version} + 1`,
    })
    .where(mine(tx, quarantinedItems, item.id))
}
