/** Places where a death is hardest to survive, each between two steps that cannot be one. */
export const CRASH_POINTS = [
  /** The intake or a mutation has committed, its caller has no answer yet. */
  'committed',
  /** The relay has published, and not marked. */
  'published',
  /** A consumer's effects are in its transaction, which has not committed. */
  'uncommitted',
  /** A consumer has committed, and not acknowledged. */
  'handled',
  /** A platform has accepted a message, and nobody has written that down. */
  'accepted',
] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

let armed: CrashPoint | undefined

/** Makes the process die where it next gets to this point. Only the recovery tests set one. */
export function armCrashPoint(point: CrashPoint | undefined): void {
  armed = point
}

/** Ends the process as a power cut would: at once, with nothing told and nothing flushed. */
export function crashPoint(here: CrashPoint): void {
  if (here === armed) process.kill(process.pid, 'SIGKILL')
}
