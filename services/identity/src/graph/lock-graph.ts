import type { Tx } from '@renmai/platform/db/db'

/**
 * The lock of a tenant's identity graph, which each transaction holds that changes it: two that add the same identifier concurrently
 * would not see each other's, and two that move profiles would wait for each other's rows.
 */
export async function lockGraph(tx: Tx): Promise<void> {
  await tx.client.query("SELECT pg_advisory_xact_lock(hashtext('resolve'), hashtext($1))", [tx.tenantId])
}
