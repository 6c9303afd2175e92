import { type Db, withTenant } from '../db/db.ts'
import type { Log } from '../serve/log.ts'
import { meter } from '../serve/meter.ts'
import { eachTenant } from '../work/each-tenant.ts'
import { type Loop, loop } from '../work/loop.ts'
import { findOf, originOf, type Watched } from './quarantine-kind.ts'
import { ITEM_COLUMNS, valuesOf } from './watch-origins.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const BATCH = 1_000
/** The count of one reason stops here: higher values need no distinction. */
const MOST = 100_000

const waiting = meter.createGauge('renmai_quarantine_waiting', {
  description: `Items that could not be processed and wait for a person, by service, kind and reason; at most ${MOST}`,
})

type Maintaining = {
  readonly db: Db
  readonly relayDb: Db
  readonly log: Log
  readonly service: string
  readonly keepDays: number
  readonly kinds: readonly Watched[]
}

/**
 * The leader's duty, each minute: counts what waits. Once a day it adds rows that waited before their table was watched,
 * and deletes items that were decided long ago. Items that wait are never deleted.
 */
export function maintainQuarantine(deps: Maintaining, isLeader: () => boolean): Loop {
  const [counted, days] = [new Map<string, { kind: string; reason: string }>(), { at: Number.NEGATIVE_INFINITY }]
  return loop('maintain-quarantine', deps.log, { pollMs: MINUTE_MS }, async () => {
    if (!isLeader()) return 0
    await countWaiting(deps, counted)
    if (performance.now() - days.at < DAY_MS) return 0
    await eachTenant(deps, 'maintain-quarantine', async (tenantId) => {
      for (const kind of deps.kinds) while ((await addUnseen(deps.db, tenantId, kind)) === BATCH);
      while ((await forgetDecided(deps.db, tenantId, deps.keepDays, deps.kinds)) === BATCH);
    })
    days.at = performance.now()
    return 0
  })
}

/** A reason that no item has any more is reported once more, as zero. */
async function countWaiting({ relayDb, service }: Maintaining, counted: Map<string, { kind: string; reason: string }>): Promise<void> {
  const { rows } = await relayDb.pool.query<{ kind: string; reason: string; n: number }>(
    `WITH RECURSIVE reasons AS (
       (SELECT kind, reason FROM quarantined_items WHERE state = 'WAITING' ORDER BY kind, reason LIMIT 1)
       UNION ALL
       SELECT next.kind, next.reason FROM reasons, LATERAL (
         SELECT q.kind, q.reason FROM quarantined_items q WHERE q.state = 'WAITING' AND (q.kind, q.reason) > (reasons.kind, reasons.reason)
         ORDER BY q.kind, q.reason LIMIT 1) AS next
     ) SELECT kind, reason, (SELECT count(*)::int FROM (
       SELECT 1 FROM quarantined_items q WHERE q.state = 'WAITING' AND q.kind = reasons.kind AND q.reason = reasons.reason LIMIT ${MOST}) AS found) AS n
     FROM reasons`,
  )
  const now = new Map(rows.map((row) => [`${row.kind} ${row.reason}`, row]))
  for (const [key, { kind, reason }] of [...counted, ...now]) waiting.record(now.get(key)?.n ?? 0, { service, kind, reason })
  counted.clear()
  for (const [key, { kind, reason }] of now) counted.set(key, { kind, reason })
}

/** @returns the number of rows that were added to the list, at most a batch */
export function addUnseen(db: Db, tenantId: string, kind: Watched): Promise<number> {
  return withTenant(db, tenantId, async (tx) => {
    const { rowCount } = await tx.client.query(
      `INSERT INTO quarantined_items (${ITEM_COLUMNS})
       SELECT ${valuesOf(kind, 'r')} FROM ${kind.table} r, LATERAL (SELECT ${kind.problem('r')} AS problem) AS given
       WHERE r.tenant_id = $1 AND ${kind.waiting('r')} AND NOT EXISTS (
         SELECT 1 FROM quarantined_items q WHERE q.tenant_id = r.tenant_id AND q.origin_table = '${kind.table}' AND q.origin = ${originOf(kind)('r')})
       LIMIT ${BATCH} ON CONFLICT DO NOTHING`,
      [tenantId],
    )
    return rowCount ?? 0
  })
}

/**
 * Deletes items that were decided long ago, and the rows of discarded ones. A discarded row that its table still needs
 * keeps its item: without one it would be listed as waiting again.
 * @returns the number of items that were deleted, at most a batch
 */
export function forgetDecided(db: Db, tenantId: string, keepDays: number, kinds: readonly Watched[]): Promise<number> {
  const disposable = kinds.filter(({ isDisposable }) => isDisposable)
  return withTenant(db, tenantId, async (tx) => {
    const { rows } = await tx.client.query<{ id: string; table: string; origin: string; state: string }>(
      `SELECT id, origin_table AS table, origin, state FROM quarantined_items WHERE tenant_id = $1 AND state <> 'WAITING'
         AND decided_at < now() - make_interval(days => $2) AND (state <> 'DISCARDED' OR origin_table = ANY($3)) LIMIT ${BATCH} FOR UPDATE`,
      [tenantId, keepDays, disposable.map(({ table }) => table)],
    )
    for (const kind of disposable) {
      const origins = rows.filter(({ table, state }) => table === kind.table && state === 'DISCARDED').map(({ origin }) => origin)
      if (origins.length > 0)
        await tx.client.query(
          `DELETE FROM ${kind.table} r USING unnest($2::text[]) AS o (origin) WHERE r.tenant_id = $1 AND ${findOf(kind)('o.origin')}`,
          [tenantId, origins],
        )
    }
    await tx.client.query('DELETE FROM quarantined_items WHERE tenant_id = $1 AND id = ANY($2)', [tenantId, rows.map(({ id }) => id)])
    return rows.length
  })
}
