import type { Clock } from '../serve/clock.ts'
import type { Log } from '../serve/log.ts'
import { meter } from '../serve/meter.ts'
import { type Loop, loop } from '../work/loop.ts'
import type { Db } from './db.ts'

const REFRESH_MS = 10_000
/** With a greater offset, other processes refuse the signatures of this process, and it refuses theirs. */
const WORTH_A_WORD_S = 5

const offset = meter.createGauge('renmai_clock_offset_seconds', { description: "How far this machine's clock is ahead of the database's" })

/**
 * The time of the database. One process stores a time (when a step of a journey is due, until when a coupon is locked)
 * and others compare it with theirs. So all must have the same time, whatever the clocks of their machines show.
 * Between two queries the time advances by a clock that cannot jump.
 */
export async function databaseClock({ pool }: Db, log: Log): Promise<{ now: Clock; refreshing: Loop }> {
  /** Start of the process, in milliseconds of the database's time. */
  const readBeginning = async () => {
    const asked = performance.now()
    const { rows } = await pool.query<{ ms: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms')
    return Number(rows[0]!.ms) - (asked + performance.now()) / 2
  }
  let beginning = await readBeginning()
  const now = () => new Date(beginning + performance.now())
  const refreshing = loop('database-clock', log, { pollMs: REFRESH_MS }, async () => {
    beginning = await readBeginning()
    const ahead = (Date.now() - now().getTime()) / 1_000
    offset.record(ahead)
    if (Math.abs(ahead) > WORTH_A_WORD_S) log.warn({ seconds: ahead }, "this machine's clock is wrong; the database's is used")
    return 0
  })
  return { now, refreshing }
}
