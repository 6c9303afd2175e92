import type { Log } from '../serve/log.ts'
import { type Loop, loop } from '../work/loop.ts'
import type { Db } from './db.ts'

const HOUR_MS = 3_600_000
const DAYS_AHEAD = 3
/** Rows outside of these months have no monthly partition; the default partition holds them. */
const MONTHS_BACK = 24
const MONTHS_AHEAD = 2

type Query = (text: string, values: unknown[]) => Promise<unknown>

/**
 * Creates the coming days of the outbox and inbox, and the months of other tables, before rows for them arrive.
 * Otherwise the default partition gets the rows. The partitions depend on the current day only, never on data of a
 * tenant.
 * @param monthly tables that are partitioned by month
 */
export async function makePartitions(query: Query, monthly: readonly string[] = []): Promise<void> {
  for (const table of ['outbox', 'inbox']) {
    await query(`SELECT ensure_partition($1, now() + d * interval '1 day', 'day') FROM generate_series(0, ${DAYS_AHEAD}) d`, [table])
  }
  for (const table of monthly) for (let month = -MONTHS_BACK; month <= MONTHS_AHEAD; month++) await makeMonth(query, table, month)
}

/** A month that already has rows in the default partition stays there: slower, but complete. */
async function makeMonth(query: Query, table: string, month: number): Promise<void> {
  const start = "date_trunc('month', now(), 'UTC') + make_interval(months => $2)"
  try {
    await query(`SELECT ensure_partition($1, ${start}, 'month')`, [table, month])
  } catch (error) {
    if ((error as { code?: string }).code !== CHECK_VIOLATION) throw error
  }
}

const CHECK_VIOLATION = '23514'

/** Creates the coming days and months and drops the old days, once an hour. */
export function maintainPartitions(relayDb: Db, log: Log, isLeader: () => boolean, monthly: readonly string[] = []): Loop {
  return loop('partitions', log, { pollMs: HOUR_MS }, async () => {
    if (!isLeader()) return 0
    await makePartitions((text, values) => relayDb.pool.query(text, values), monthly)
    await relayDb.pool.query('SELECT drop_old_partitions()')
    return 0
  })
}
