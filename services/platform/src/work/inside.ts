import { type Db, type Tx, withTenant } from '../db/db.ts'
import { AppError, isTransient } from '../serve/errors.ts'
import { type Queue, type QueueEntry, queue } from './queue.ts'
import { BACK_OFF, isAway, outcomeOf, problemOf } from './settle.ts'

type Row = { id: string; attempts: number }

type Inside<R extends Row> = Omit<Queue, 'table' | 'work' | 'parks'> & {
  /** Locks the due rows, or those of them with these ids, and skips rows that others hold (FOR UPDATE SKIP LOCKED). */
  readonly claim: (tx: Tx, ids: readonly string[] | undefined) => Promise<R[]>
  /** Carries out effects and next states; both commit with the claim. */
  readonly carryOut: (tx: Tx, rows: R[]) => Promise<void>
}

/**
 * A queue whose work is in this database, over a table with `attempts`, `problem` and `parked_at`; the column of
 * `due[0].at` holds the time when a row is due. A batch that fails is processed again row by row, so that a row that
 * always fails does not delay the others.
 */
export function inside<R extends Row, D extends { readonly db: Db }>(table: string, describe: (deps: D) => Inside<R>): QueueEntry<D> {
  return queue(table, (deps) => {
    const { claim, carryOut, ...rest } = describe(deps)
    const attempt = (tenantId: string, ids: readonly string[] | undefined, seen: (rows: R[]) => void) =>
      withTenant(deps.db, tenantId, async (tx) => {
        const rows = await claim(tx, ids)
        seen(rows)
        if (rows.length === 0) return
        await carryOut(tx, rows)
        await forgive(tx, table, rows)
      })
    const alone = async (tenantId: string, row: R) => {
      try {
        await attempt(tenantId, [row.id], () => undefined)
      } catch (error) {
        if (isAway(error)) throw error
        await withTenant(deps.db, tenantId, (tx) => note(tx, table, rest.due[0]!.at, row, error))
      }
    }
    return {
      ...rest,
      parks: true,
      work: async (tenantId) => {
        let rows: R[] = []
        try {
          await attempt(tenantId, undefined, (claimed) => (rows = claimed))
        } catch (error) {
          if (isAway(error) || rows.length === 0) throw error
          for (const row of rows) await alone(tenantId, row)
        }
        return rows.length
      },
    }
  })
}

/** For a row that made progress, the count of failures starts from 0 again. */
async function forgive(tx: Tx, table: string, rows: readonly Row[]): Promise<void> {
  const failed = rows.filter(({ attempts }) => attempts > 0).map(({ id }) => id)
  if (failed.length === 0) return
  await tx.client.query(`UPDATE ${table} SET attempts = 0, problem = NULL WHERE tenant_id = $1 AND id = ANY($2)`, [tx.tenantId, failed])
}

async function note(tx: Tx, table: string, at: string, { id, attempts }: Row, error: unknown): Promise<void> {
  // Work that always takes too long would be retried without end; here it counts like a fault.
  const fault = isTransient(error) ? new AppError('INTERNAL', (error as AppError).message) : error
  const outcome = outcomeOf(fault, attempts + 1)
  const isParked = 'parked' in outcome
  await tx.client.query(
    `UPDATE ${table} SET attempts = attempts + 1, problem = $3, ${at} = ${isParked ? 'NULL' : BACK_OFF},
       parked_at = ${isParked ? 'now()' : 'NULL'} WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, problemOf(error)],
  )
}
