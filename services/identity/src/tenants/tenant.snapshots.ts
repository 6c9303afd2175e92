import { type Snapshot, snapshot } from '@renmai/platform/resend/snapshot'
import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'

/** The tenant itself. */
export const tenantsKnown: Snapshot = snapshot(TenantCreatedSchema, {
  name: 'tenants',
  rows: async ({ client, tenantId }) => {
    const { rows } = await client.query<{ zone: string; currency: string }>('SELECT zone, currency FROM tenants WHERE tenant_id = $1', [
      tenantId,
    ])
    return rows
  },
  position: () => '',
  events: (rows) => rows,
})
