import { pause } from './clock.ts'
import { AppError, type ErrorCode } from './errors.ts'

/** How many refusals may wait at a time, since each takes memory. */
const REFUSALS = 1_000
/** A refusal takes longer by up to this part of itself, at random: callers refused together would return together and delay all others. */
const SPREAD = 1

/**
 * Delays the refusals of a code. A connection of a caller that is refused then costs the process a few requests a second,
 * however fast the caller sends. No other caller waits.
 * @param ms shortest delay; the longest is twice that
 * @returns a function that waits where the error has the code, and where not too many wait already
 */
export function createRefusals(code: ErrorCode, ms: number): (error: unknown) => Promise<void> {
  let refusing = 0
  return async (error) => {
    if (!(error instanceof AppError) || error.code !== code || refusing >= REFUSALS) return
    refusing++
    await pause(ms * (1 + Math.random() * SPREAD))
    refusing--
  }
}
