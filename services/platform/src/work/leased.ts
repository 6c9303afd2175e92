import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, integer, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../db/columns.ts'
import type { Due } from './queue.ts'

/** What a row remembers of failures. */
export const failing = () => ({
  /** Attempts since the last success. */
  attempts: integer().notNull().default(0),
  /** Why the last attempt failed, or why the row is parked: a code and words without personal data. */
  problem: text(),
  /** When the row was set aside: it is not tried again until somebody says so. */
  parkedAt: moment('parked_at'),
})

/** When a row is next to be worked on; while it is claimed, when the claim ends. Null when nothing is left to do. */
export const nextAt = () => moment('next_at').defaultNow()

/** What a row of a queue carries besides its own columns, where the work is a call to somebody else. */
export const leased = () => ({
  nextAt: nextAt(),
  /** The attempt that holds the row. What another attempt records is refused. */
  attemptId: uuid('attempt_id'),
  ...failing(),
})

/** The rows that are due by nextAt(). */
export const LEASED: Due = { waiting: 'next_at IS NOT NULL', at: 'next_at' }

/** The two indexes of a queue: what is due, and what is parked. */
export const leasedIndexes = (table: string, { tenantId, nextAt, parkedAt }: Record<'tenantId' | 'nextAt' | 'parkedAt', AnyPgColumn>) => [
  index(`${table}_due`).on(tenantId, nextAt).where(sql`next_at IS NOT NULL`),
  index(`${table}_parked`).on(tenantId, parkedAt).where(sql`parked_at IS NOT NULL`),
]
