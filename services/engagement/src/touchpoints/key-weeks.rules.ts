/**
 * The weeks of the keys that find repeated events. A key belongs to the week in which its event is received, whatever time the
 * event states, so that a week can be dropped as a whole when nobody repeats its events any more.
 */

const DAY_MS = 86_400_000
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS
/** Longer than a transaction lasts, and than clocks of replicas differ. */
const OVERLAP_MS = 600_000

/** Weeks by their Mondays, in UTC. */
export type KeyWeeks = {
  /** A new key is stored in each of them. */
  readonly own: readonly string[]
  /** The earliest week whose keys count. */
  readonly since: string
}

/**
 * Just after the beginning of a week a transaction of the previous one may not have committed yet, and nobody sees its keys. So
 * keys are stored in both: the second of two equal ones waits for the first in the week that both have.
 * @param keepDays number of days in which an event is found to be repeated, at least
 */
export function keyWeeks(now: Date, keepDays: number): KeyWeeks {
  const weekOf = (ms: number) => new Date(ms - mod(ms - FIRST_MONDAY_MS, 7 * DAY_MS)).toISOString().slice(0, 10)
  const ms = now.getTime()
  return { own: [...new Set([weekOf(ms - OVERLAP_MS), weekOf(ms)])], since: weekOf(ms - keepDays * DAY_MS) }
}

const mod = (a: number, b: number) => ((a % b) + b) % b
