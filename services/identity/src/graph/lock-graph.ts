import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'

/**
 * The lock of a tenant's identity graph, which each transaction holds that changes it: two that add the same identifier concurrently
 * would not see each other's, and two that move profiles would wait for each other's rows.
 * @returns the time at which it was granted: what one transaction finds is later than what another one found before it
 */
export async function lockGraph(tx: Tx): Promise<Date> {
  const { rows } = await tx.client.query<{ at: Date }>(
    prepared(`SELECT pg_advisory_xact_lock(hashtext('resolve'), hashtext($1)), date_trunc('milliseconds', clock_timestamp()) AS at`, [
      tx.tenantId,
    ]),
  )
  return rows[0]!.at
}
