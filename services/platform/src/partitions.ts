import type { Db } from './db.ts'
import type { Log } from './log.ts'
import { type Loop, loop } from './loop.ts'

const HOUR_MS = 3_600_000
const DAYS_AHEAD = 3

/** Makes the days of the outbox and inbox that come; before a row of theirs does, or the default partition gets it. */
export async function makePartitions(query: (text: string, values: string[]) => Promise<unknown>): Promise<void> {
  for (const table of ['outbox', 'inbox']) {
    await query(`SELECT ensure_partition($1, now() + d * interval '1 day', 'day') FROM generate_series(0, ${DAYS_AHEAD}) d`, [table])
  }
}

/** Makes the coming days and drops the old ones, once an hour. */
export function maintainPartitions(relayDb: Db, log: Log, isLeader: () => boolean): Loop {
  return loop('partitions', log, { pollMs: HOUR_MS }, async () => {
    if (!isLeader()) return 0
    await makePartitions((text, values) => relayDb.pool.query(text, values))
    await relayDb.pool.query('SELECT drop_old_partitions()')
    return 0
  })
}
