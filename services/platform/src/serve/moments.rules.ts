/** No customer, order or event is older. An earlier day is a default value or a mistake. */
export const EARLIEST = new Date('1990-01-01T00:00:00Z')
/** Clocks differ, and shops write local times. */
const MAX_AHEAD_MS = 24 * 3_600_000

export type MomentProblem = 'NO_TIME' | 'TOO_OLD' | 'IN_THE_FUTURE'

/** The reason why a given time cannot be the time of an event; undefined when it can. */
export function momentProblem(at: Date, now: Date, aheadMs = MAX_AHEAD_MS): MomentProblem | undefined {
  const time = at.getTime()
  if (!Number.isFinite(time)) return 'NO_TIME'
  if (at < EARLIEST) return 'TOO_OLD'
  return time > now.getTime() + aheadMs ? 'IN_THE_FUTURE' : undefined
}
