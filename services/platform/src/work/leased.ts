import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, integer, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../db/columns.ts'
import type { Due } from './queue.ts'

/** Columns of a row for its failures. */
export const failing = () => ({
  /** Attempts since the last success. */
  attempts: integer().notNull().default(0),
  /** Why the last attempt failed, or why the row is parked: a code and a text without personal data. */
  problem: text(),
  /** Time at which the row was parked; null when it is not. A parked row is not retried until an operator schedules it again. */
  parkedAt: moment('parked_at'),
})

/** Time of the next work on a row; while the row is claimed, the end of the claim. Null when nothing is left to do. */
export const nextAt = () => moment('next_at').defaultNow()

/** Columns that a row of a queue has in addition to its own, when the work is a call to another system. */
export const leased = () => ({
  nextAt: nextAt(),
  /** The attempt that holds the row. A record of another attempt is refused. */
  attemptId: uuid('attempt_id'),
  ...failing(),
})

/** The rows that are due by nextAt(). */
export const LEASED: Due = { waiting: 'next_at IS NOT NULL', at: 'next_at' }

/** The two indexes of a queue: due rows, and parked rows. */
export const leasedIndexes = (table: string, { tenantId, nextAt, parkedAt }: Record<'tenantId' | 'nextAt' | 'parkedAt', AnyPgColumn>) => [
  index(`${table}_due`).on(tenantId, nextAt).where(sql`next_at IS NOT NULL`),
  index(`${table}_parked`).on(tenantId, parkedAt).where(sql`parked_at IS NOT NULL`),
]
