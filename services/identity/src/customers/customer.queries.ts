import type { Tx } from '@renmai/platform/db/db'
import { all, readRow } from '@renmai/platform/db/rows'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import { type Customer, type CustomerMerge, customers } from './customer.table.ts'

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

/** Customers by their own ids, also those that are merged into another. */
export async function readCustomers(tx: Tx, ids: readonly string[]): Promise<Map<string, Customer>> {
  const rows = await tx
    .select()
    .from(customers)
    .where(and(eq(customers.tenantId, tx.tenantId), inArray(customers.id, [...ids])))
  return new Map(rows.map((row) => [row.id, row]))
}

/** The profile that is this customer by itself. */
export async function homeProfile(tx: Tx, customerId: string): Promise<string> {
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT id FROM profiles WHERE tenant_id = $1 AND coalesce(home_customer_id, customer_id) = $2 ORDER BY id LIMIT 1`,
    [tx.tenantId, customerId],
  )
  return rows[0]!.id
}

export async function profilesOfCustomer(tx: Tx, customerId: string): Promise<string[]> {
  const { rows } = await tx.client.query<{ id: string }>('SELECT id FROM profiles WHERE tenant_id = $1 AND customer_id = $2 ORDER BY id', [
    tx.tenantId,
    customerId,
  ])
  return rows.map(({ id }) => id)
}

/** Whether any of the profiles that a merge joined are one customer now, and nobody has undone it. */
export async function isMergeInForce(tx: Tx, { rulingId, profileIds, survivorProfileIds, survivorId }: CustomerMerge): Promise<boolean> {
  const { rows } = await tx.client.query<{ inForce: boolean }>(
    `SELECT NOT EXISTS (SELECT 1 FROM rulings WHERE tenant_id = $1 AND id = $2 AND NOT holds) AND EXISTS (
       SELECT 1 FROM profiles a JOIN profiles b ON b.tenant_id = a.tenant_id AND b.customer_id = a.customer_id
       WHERE a.tenant_id = $1 AND a.id = ANY($3) AND b.id <> ALL($3) AND (b.id = ANY($4) OR ($4 IS NULL AND b.customer_id = $5))) AS "inForce"`,
    [tx.tenantId, rulingId, profileIds, survivorProfileIds, survivorId],
  )
  return rows[0]!.inForce
}
