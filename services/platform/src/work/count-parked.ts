import type { Db } from '../db/db.ts'
import type { Log } from '../serve/log.ts'
import { type Loop, loop } from './loop.ts'
import { MOST_PARKED, parked } from './metrics.ts'
import type { Queue } from './queue.ts'

const MINUTE_MS = 60_000
/** Counts the parked rows, once a minute. */
export function countParked({ relayDb, log }: { relayDb: Db; log: Log }, queues: readonly Queue[]): Loop {
  return loop('count-parked', log, { pollMs: MINUTE_MS }, async () => {
    for (const { name, table } of queues.filter(({ parks }) => parks)) {
      const { rows } = await relayDb.pool.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM (SELECT 1 FROM ${table} WHERE parked_at IS NOT NULL LIMIT ${MOST_PARKED}) found`,
      )
      parked.record(rows[0]!.n, { queue: name })
    }
    return 0
  })
}
