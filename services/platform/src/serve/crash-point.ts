/** Places where a crash is hardest to survive. Each is between two steps that cannot be one transaction. */
export const CRASH_POINTS = [
  /** The intake or a mutation has committed, its caller has no answer yet. */
  'committed',
  /** The relay has published, and not marked. */
  'published',
  /** A consumer's effects are in its transaction, which has not committed. */
  'uncommitted',
  /** A consumer has committed, and not acknowledged. */
  'handled',
  /** An outside platform has accepted a message, and that is not recorded. */
  'accepted',
] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

let armed: CrashPoint | undefined

/** Makes the process die when it next reaches this point. Only the recovery tests set one. */
export function armCrashPoint(point: CrashPoint | undefined): void {
  armed = point
}

/** Ends the process like a power cut: immediately, without a notification and without a flush. */
export function crashPoint(here: CrashPoint): void {
  if (here === armed) process.kill(process.pid, 'SIGKILL')
}
