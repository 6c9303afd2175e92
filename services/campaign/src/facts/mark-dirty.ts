import type { Tx } from '@renmai/platform/db'

/** Has the segments of these profiles' customers looked at again. A profile without a customer yet is marked when it gets one. */
export async function markProfilesDirty(tx: Tx, profileIds: string[]): Promise<void> {
  await tx.client.query(
    `INSERT INTO dirty_customers (tenant_id, customer_id)
     SELECT DISTINCT tenant_id, customer_id FROM profile_customers WHERE tenant_id = $1 AND profile_id = ANY($2) ON CONFLICT DO NOTHING`,
    [tx.tenantId, profileIds],
  )
}

export async function markCustomersDirty(tx: Tx, customerIds: string[]): Promise<void> {
  await tx.client.query(
    'INSERT INTO dirty_customers (tenant_id, customer_id) SELECT DISTINCT $1::uuid, unnest($2::uuid[]) ON CONFLICT DO NOTHING',
    [tx.tenantId, customerIds],
  )
}
