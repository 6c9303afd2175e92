import { and, eq, getTableName, inArray, lte, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable, PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { type Db, type Tx, withTenant } from '../db/db.ts'
import { newId } from '../serve/ids.ts'
import { LEASED } from './leased.ts'
import { type Queue, type QueueEntry, queue } from './queue.ts'
import { BACK_OFF, type Outcome, outcomeOf } from './settle.ts'

/** A table with the columns of leased(). */
type LeasedTable = PgTable & Record<'tenantId' | 'id' | 'nextAt' | 'attemptId' | 'attempts' | 'problem' | 'parkedAt', AnyPgColumn>
type Held = { tenantId: string; id: string; attemptId: string | null; attempts: number }

type Outside<T extends LeasedTable> = Pick<Queue, 'name' | 'lanes' | 'perTenant' | 'pollMs'> & {
  /** Length of the lease in seconds: longer than one call with the work before and after it. */
  readonly leaseSeconds: number
  /** Number of rows of one claim; all their calls run concurrently. */
  readonly batch: number
  /** Calls the outside system, in no transaction. An error that it throws becomes later or parked. */
  readonly call: (row: T['$inferSelect']) => Promise<Outcome>
}

/**
 * A queue whose work is a call to another system. A claim is a lease with a fence: of two processes that hold a row one
 * after the other only the second can record an outcome.
 */
export function outside<T extends LeasedTable, D extends { readonly db: Db }>(table: T, describe: (deps: D) => Outside<T>): QueueEntry<D> {
  const entry = queue(getTableName(table), (deps: D) => {
    const { leaseSeconds, batch, call, ...rest } = describe(deps)
    const work = async (row: T['$inferSelect'] & Held) => {
      const outcome = await call(row).catch((error) => outcomeOf(error, row.attempts))
      const record = (what: Outcome) => withTenant(deps.db, row.tenantId, (tx) => settle(tx, table, row, what))
      await record(outcome).catch((error) => record(outcomeOf(error, row.attempts)))
    }
    return {
      ...rest,
      due: [LEASED],
      parks: true,
      work: async (tenantId) => {
        const claimed = await withTenant(deps.db, tenantId, (tx) => claim(tx, table, leaseSeconds, batch))
        await Promise.all(claimed.map(work))
        return claimed.length
      },
    }
  })
  return { ...entry, isLeased: true }
}

async function claim<T extends LeasedTable>(tx: Tx, table: T, leaseSeconds: number, batch: number) {
  const due = tx
    .select({ id: table.id })
    .from(table as PgTable)
    .where(and(eq(table.tenantId, tx.tenantId), lte(table.nextAt, sql`now()`)))
    .orderBy(table.nextAt)
    .limit(batch)
    .for('update', { skipLocked: true })
  const held = {
    attemptId: newId(),
    attempts: sql`${table.attempts} + 1`,
    nextAt: sql`now() + make_interval(secs => ${leaseSeconds})`,
  } as PgUpdateSetSource<T>
  const rows = await tx
    .update(table)
    .set(held)
    .where(and(eq(table.tenantId, tx.tenantId), inArray(table.id, due)))
    .returning()
  return rows as (T['$inferSelect'] & Held)[]
}

async function settle<T extends LeasedTable>(tx: Tx, table: T, { id, attemptId }: Held, outcome: Outcome): Promise<void> {
  const held = await tx
    .update(table)
    .set({ attemptId: null, ...nextState(outcome) } as PgUpdateSetSource<T>)
    .where(and(eq(table.tenantId, tx.tenantId), eq(table.id, id), eq(table.attemptId, attemptId)))
  if (held.rowCount === 1 && 'done' in outcome) await outcome.done(tx)
}

function nextState(outcome: Outcome): Record<string, SQL | string | number | null> {
  if ('done' in outcome) return { nextAt: null, attempts: 0, problem: null }
  if ('later' in outcome) {
    const { later, afterSeconds } = outcome
    return { problem: later, nextAt: afterSeconds === undefined ? sql.raw(BACK_OFF) : sql`now() + make_interval(secs => ${afterSeconds})` }
  }
  return { nextAt: null, parkedAt: sql`now()`, problem: 'parked' in outcome ? outcome.parked : `UNKNOWN: ${outcome.unknown}` }
}
