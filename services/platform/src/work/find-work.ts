import type { Db } from '../db/db.ts'
import type { Queue } from './queue.ts'

/** A tenant with work: milliseconds until its first piece is due, below 0 when it is overdue. */
export type Waiting = { readonly tenantId: string; readonly inMs: number }

/**
 * Finds the tenants that have work waiting, due now or later. The query goes from tenant to tenant by the index and
 * reads one row of each: a DISTINCT would read all waiting rows.
 * @param relayDb pool of the relay role, which may read the rows of all tenants
 */
export async function findWork(relayDb: Db, { table, due }: Pick<Queue, 'table' | 'due'>): Promise<Waiting[]> {
  const first = due.map(
    ({ waiting, at, by = at }) =>
      `(SELECT ${at} FROM ${table} q WHERE q.tenant_id = tenants.tenant_id AND ${waiting} ORDER BY ${by} LIMIT 1)`,
  )
  const { rows } = await relayDb.pool.query<Waiting>(
    `WITH RECURSIVE tenants AS (
       (SELECT tenant_id FROM ${table} ORDER BY tenant_id LIMIT 1)
       UNION ALL
       SELECT (SELECT q.tenant_id FROM ${table} q WHERE q.tenant_id > tenants.tenant_id ORDER BY q.tenant_id LIMIT 1)
       FROM tenants WHERE tenants.tenant_id IS NOT NULL
     ), first AS MATERIALIZED (SELECT tenant_id, least(${first.join(', ')}) AS at FROM tenants WHERE tenant_id IS NOT NULL)
     SELECT tenant_id AS "tenantId", (extract(epoch FROM at - now()) * 1000)::float8 AS "inMs" FROM first WHERE at IS NOT NULL`,
  )
  return rows
}
