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

/** What is wrong with the end of a span that lies before its start: without an error, nothing would be in it. */
export const endProblem = (start: string): string => `must not lie before ${start}`

type End = string | number | Date | null | undefined

/** Whether a span that may be open at either end has its ends in order. Equal ends are. Two texts are days or times of one form. */
export function isInOrder(start: End, end: End): boolean {
  if (start === null || start === undefined || end === null || end === undefined) return true
  const isMixed = typeof start !== typeof end
  return isMixed ? new Date(start) <= new Date(end) : start <= end
}

/** The check that a shape has two ends in order, for `refine`: the failure names the end. */
export function inOrder<S extends string, E extends string>(start: S, end: E) {
  const check = (value: { readonly [K in S | E]?: End }): boolean => isInOrder(value[start], value[end])
  const failure: { message: string; path: string[] } = { message: endProblem(start), path: [end] }
  return [check, failure] as const
}
