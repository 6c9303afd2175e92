import type { Tx } from '@renmai/platform/db/db'
import { isNull } from 'drizzle-orm'
import { type Customer, customers } from './customer.table.ts'

/** The customers who were not merged into another. */
export const isSurvivor = isNull(customers.mergedInto)

/** What is read of a customer who was not merged into another. */
export type CustomerRow = Pick<Customer, 'id' | 'createdAt'>

/** Follows merges to the customer that stands for an id today; ids nobody has are left out. */
export async function survivorsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, CustomerRow>> {
  const { rows } = await tx.client.query<{ asked: string; id: string; created_at: Date }>(
    `WITH RECURSIVE chain AS (
       SELECT id AS asked, id, merged_into, created_at FROM customers WHERE tenant_id = $1 AND id = ANY($2)
       UNION ALL
       SELECT chain.asked, c.id, c.merged_into, c.created_at FROM chain JOIN customers c ON c.tenant_id = $1 AND c.id = chain.merged_into
     ) SELECT asked, id, created_at FROM chain WHERE merged_into IS NULL`,
    [tx.tenantId, ids],
  )
  return new Map(rows.map((row) => [row.asked, { id: row.id, createdAt: row.created_at }]))
}
