import type { Tx } from '../db/db.ts'
import { AppError, isTransient } from '../serve/errors.ts'

/** The outcome of a piece of work. Work that is parked or unknown is not retried automatically; its reason stays in the row. */
export type Outcome =
  /** Commits the effects, in the transaction that takes the row out of the queue. */
  | { readonly done: (tx: Tx) => Promise<unknown> }
  | { readonly later: string; readonly afterSeconds?: number }
  | { readonly parked: string }
  /** The effect may have happened, so the work is never repeated automatically. */
  | { readonly unknown: string }

/** Number of attempts for work that fails for an internal reason, before it is parked. */
export const MAX_ATTEMPTS = 8

/** A code and a text that may be stored and shown. The message of a foreign error may quote its input. */
export const problemOf = (error: unknown): string =>
  error instanceof AppError ? `${error.code}: ${error.message}` : error instanceof Error ? error.name : 'INTERNAL'

/** @returns parked for a failure that a retry cannot fix, later for one that may pass */
export function outcomeOf(error: unknown, attempts: number): Outcome {
  const problem = problemOf(error)
  if (isTransient(error)) return { later: problem }
  const isRefused = error instanceof AppError && error.code !== 'INTERNAL'
  return isRefused || attempts >= MAX_ATTEMPTS ? { parked: problem } : { later: problem }
}

/** SQL: the time at which a row is due again after so many attempts, with jitter. The pause is at most about ten minutes. */
export const BACK_OFF = "now() + least(interval '10 minutes', interval '1 second' * 2 ^ least(attempts, 12)) * (0.75 + random() / 2)"

/** Whether a failure is not caused by the row: the database is away. A time-out may be caused by the row. */
export const isAway = (error: unknown): boolean => isTransient(error) && (error as AppError).code !== 'TIMEOUT'
