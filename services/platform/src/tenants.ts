import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import type { Db, Tx } from './db.ts'
import { on } from './inbox.ts'

/** What a service knows of a tenant. */
export type Tenant = { tenantId: string; zone: string; currency: string }

/** Keeps the list of tenants that work in this service is done for. */
export const rememberTenants = on(TenantCreatedSchema, 'remember-tenants', async (tx, events) => {
  for (const event of events) await rememberTenant(tx, { tenantId: event.tenantId, zone: event.zone, currency: event.currency })
})

export async function rememberTenant(tx: Tx, { tenantId, zone, currency }: Tenant): Promise<void> {
  await tx.client.query(
    `INSERT INTO known_tenants (tenant_id, zone, currency) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id) DO UPDATE SET zone = excluded.zone, currency = excluded.currency`,
    [tenantId, zone, currency],
  )
}

/** The tenant of the transaction, or the defaults while its creation has not been heard. */
export async function currentTenant(tx: Tx): Promise<Tenant> {
  const { rows } = await tx.client.query<{ zone: string; currency: string }>(
    'SELECT zone, currency FROM known_tenants WHERE tenant_id = $1',
    [tx.tenantId],
  )
  return { tenantId: tx.tenantId, zone: rows[0]?.zone ?? 'Asia/Shanghai', currency: rows[0]?.currency ?? 'CNY' }
}

/**
 * Tenants that have something waiting in a queue table. Goes from tenant to tenant by the index and looks at one row of
 * each: a DISTINCT would read everything that waits, however far in the future, at every poll.
 * @param relayDb pool of the relay role, which may look across tenants
 * @param table a table whose primary key begins with tenant_id
 * @param conditions SQL over the table; a row that meets any is work. Each needs an index that begins with tenant_id
 */
export async function tenantsWithWork(relayDb: Db, table: string, ...conditions: [string, ...string[]]): Promise<string[]> {
  const waits = conditions.map((condition) => `(SELECT 1 FROM ${table} q WHERE q.tenant_id = tenants.tenant_id AND ${condition} LIMIT 1)`)
  const { rows } = await relayDb.pool.query<{ tenant_id: string }>(
    `WITH RECURSIVE tenants AS (
       (SELECT tenant_id FROM ${table} ORDER BY tenant_id LIMIT 1)
       UNION ALL
       SELECT (SELECT q.tenant_id FROM ${table} q WHERE q.tenant_id > tenants.tenant_id ORDER BY q.tenant_id LIMIT 1)
       FROM tenants WHERE tenants.tenant_id IS NOT NULL
     )
     SELECT tenant_id FROM tenants WHERE tenant_id IS NOT NULL AND coalesce(${waits.join(', ')}) IS NOT NULL`,
  )
  return rows.map((row) => row.tenant_id)
}
