import type { Tx } from '@renmai/platform/db/db'
import { all, readRow } from '@renmai/platform/db/rows'
import { isNull } from 'drizzle-orm'
import { type Customer, customers } from './customer.table.ts'

/** The customers who were not merged into another. */
export const isSurvivor = isNull(customers.mergedInto)

/** Follows merges from each id to its surviving customer; unknown ids are left out. */
export async function survivorsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, Customer>> {
  const { rows } = await tx.client.query<{ asked: string }>(
    `WITH RECURSIVE chain AS (
       SELECT id AS asked, id, merged_into FROM customers WHERE tenant_id = $1 AND id = ANY($2)
       UNION ALL
       SELECT chain.asked, c.id, c.merged_into FROM chain JOIN customers c ON c.tenant_id = $1 AND c.id = chain.merged_into
     ) SELECT chain.asked, ${all(customers)} FROM chain JOIN customers ON customers.tenant_id = $1 AND customers.id = chain.id
     WHERE chain.merged_into IS NULL`,
    [tx.tenantId, ids],
  )
  return new Map(rows.map(({ asked, ...row }) => [asked, readRow(customers, row)]))
}
