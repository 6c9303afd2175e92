import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { ofState, on } from '../events/inbox.ts'
import type { Tx } from './db.ts'

/** The data that a service stores about a tenant. */
export type Tenant = { tenantId: string; zone: string; currency: string }

/** Maintains the list of tenants for which this service works. */
export const rememberTenants = ofState(
  on(TenantCreatedSchema, 'remember-tenants', async (tx, events) => {
    for (const event of events) await rememberTenant(tx, { tenantId: event.tenantId, zone: event.zone, currency: event.currency })
  }),
)

export async function rememberTenant(tx: Tx, { tenantId, zone, currency }: Tenant): Promise<void> {
  await tx.client.query(
    `INSERT INTO known_tenants (tenant_id, zone, currency) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id) DO UPDATE SET zone = excluded.zone, currency = excluded.currency`,
    [tenantId, zone, currency],
  )
}

const DEFAULTS = { zone: 'Asia/Shanghai', currency: 'CNY' }

/** SQL of the currency of the tenant $1, or of the default until the event of its creation has arrived. */
export const TENANT_CURRENCY = `coalesce((SELECT known.currency FROM known_tenants known WHERE known.tenant_id = $1), '${DEFAULTS.currency}')`

/** The tenant of the transaction, or the defaults until the event of its creation has arrived. */
export async function currentTenant(tx: Tx): Promise<Tenant> {
  const { rows } = await tx.client.query<{ zone: string; currency: string }>(
    'SELECT zone, currency FROM known_tenants WHERE tenant_id = $1',
    [tx.tenantId],
  )
  return { tenantId: tx.tenantId, ...DEFAULTS, ...rows[0] }
}
