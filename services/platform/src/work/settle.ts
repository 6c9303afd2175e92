import type { Tx } from '../db/db.ts'
import { AppError, isTransient } from '../serve/errors.ts'

/** How a piece of work ended. What is parked or unknown is not tried again by itself; its reason stays with the row. */
export type Outcome =
  /** Commits the effects, in the transaction that takes the row out of the queue. */
  | { readonly done: (tx: Tx) => Promise<unknown> }
  | { readonly later: string; readonly afterSeconds?: number }
  | { readonly parked: string }
  /** It may have happened, so it is never repeated by itself. */
  | { readonly unknown: string }

/** What fails for a reason of ours is tried so often before it is parked. */
export const MAX_ATTEMPTS = 8

/** A code and words that may be stored and shown. The message of a foreign error may quote what it was given. */
export const problemOf = (error: unknown): string =>
  error instanceof AppError ? `${error.code}: ${error.message}` : error instanceof Error ? error.name : 'INTERNAL'

/** @returns parked for what trying again cannot help, later for anything that may pass */
export function outcomeOf(error: unknown, attempts: number): Outcome {
  const problem = problemOf(error)
  if (isTransient(error)) return { later: problem }
  const isRefused = error instanceof AppError && error.code !== 'INTERNAL'
  return isRefused || attempts >= MAX_ATTEMPTS ? { parked: problem } : { later: problem }
}

/** SQL: when a row is due again after so many attempts, with jitter, at the latest after ten minutes. */
export const BACK_OFF = "now() + least(interval '10 minutes', interval '1 second' * 2 ^ least(attempts, 12)) * (0.75 + random() / 2)"

/** Whether a failure says nothing about the row: the database is away. One that takes too long may be the row's fault. */
export const isAway = (error: unknown): boolean => isTransient(error) && (error as AppError).code !== 'TIMEOUT'
