import type { Log } from '../serve/log.ts'
import { meter } from '../serve/meter.ts'
import { type Loop, loop } from '../work/loop.ts'
import type { Db } from './db.ts'

const HOUR_MS = 3_600_000
/** A default partition with many rows is read before a partition is made, and its rows are moved. */
const MOVE_TIMEOUT_MS = 60_000

/** A table that is partitioned by time: its key is a time, a day, or an id of version 7, which begins with its time. */
export type Partitioned = {
  readonly table: string
  readonly unit: 'day' | 'week' | 'month'
  /** Number of units ahead that always have a partition. */
  readonly ahead: number
  /**
   * Number of earlier units that have one, for a table whose rows name their own time. The default partition holds rows of other
   * times: partitions depend on the current day only, never on the data of a tenant. A table without it has rows of now only.
   */
  readonly back?: number
  /** Name of the service's setting that states how many days rows are kept; without a value they are kept permanently. */
  readonly keep?: string
}

/** Every service has these. */
const OWN: readonly Partitioned[] = [
  { table: 'outbox', unit: 'day', ahead: 3 },
  { table: 'inbox', unit: 'day', ahead: 3 },
]

type Query = (text: string, values: unknown[]) => Promise<unknown>

/**
 * Creates the coming partitions of the outbox, of the inbox and of other tables, before rows for them arrive. Otherwise the
 * default partition gets the rows; those of a partition that is created too late are moved into it.
 * @param now the current time; the database's by default
 * @throws AggregateError with the reason of each partition that could not be created; all others are there
 */
export async function makePartitions(query: Query, tables: readonly Partitioned[] = [], now?: Date): Promise<void> {
  const failures: unknown[] = []
  for (const { table, unit, back = 0, ahead } of [...OWN, ...tables]) {
    const start = `date_trunc($2, coalesce($3::timestamptz, now()), 'UTC') + $4 * ('1 ' || $2)::interval`
    for (let no = -back; no <= ahead; no++)
      await query(`SELECT ensure_partition($1, ${start}, $2)`, [table, unit, now ?? null, no]).catch((error) => failures.push(error))
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Partitions could not be created')
}

const until = meter.createGauge('renmai_partitions_until_seconds', {
  description: 'Time until which a table has partitions, in seconds since 1970, by service and table',
})
const stray = meter.createGauge('renmai_partitions_default_rows', {
  description: 'Rows in the default partition of a table whose rows are all of now, by service and table; the estimate of the statistics',
})

type Maintaining = {
  readonly relayDb: Db
  readonly log: Log
  readonly service: string
  readonly tables?: readonly Partitioned[] | undefined
}

/** The leader's duty, once an hour: creates the coming partitions, drops the old ones, and measures both. */
export function maintainPartitions({ relayDb, log, service, tables = [] }: Maintaining, isLeader: () => boolean): Loop {
  return loop('partitions', log, { pollMs: HOUR_MS }, async () => {
    if (!isLeader()) return 0
    try {
      await withPatience(relayDb, async (query) => {
        await makePartitions(query, tables)
        await query('SELECT drop_old_partitions()', [])
      })
    } finally {
      await measurePartitions(relayDb, service, tables)
    }
    return 0
  })
}

/** A partition of a table that fills slowly is made once a month, so a connection of its own costs nothing. */
async function withPatience(relayDb: Db, work: (query: Query) => Promise<void>): Promise<void> {
  const client = await relayDb.pool.connect()
  try {
    await client.query(`SET statement_timeout = ${MOVE_TIMEOUT_MS}`)
    await work((text, values) =>
      client.query({ text, values, query_timeout: MOVE_TIMEOUT_MS + 2_000 } as { text: string; values: unknown[] }),
    )
  } finally {
    client.release(true)
  }
}

/** Until when each table has partitions without a gap, and how many rows came too late for one. */
async function measurePartitions(relayDb: Db, service: string, tables: readonly Partitioned[]): Promise<void> {
  for (const { table, back } of [...OWN, ...tables]) {
    const { rows } = await relayDb.pool.query<{ until: number | null; stray: number }>(
      `WITH RECURSIVE ranges AS (SELECT * FROM partition_ranges($1::regclass)), ends AS (
         SELECT now() AS at UNION SELECT r.to_time FROM ends e JOIN ranges r ON r.from_time <= e.at AND r.to_time > e.at
       ) SELECT extract(epoch FROM max(at))::float8 AS until,
         (SELECT coalesce(sum(pg_stat_get_live_tuples(part)), 0)::int FROM ranges WHERE to_time IS NULL) AS stray FROM ends`,
      [table],
    )
    until.record(rows[0]!.until ?? 0, { service, table })
    if (back === undefined) stray.record(rows[0]!.stray, { service, table })
  }
}
