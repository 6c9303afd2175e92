import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'

/**
 * A mark that is there already is locked until this transaction ends. Without the lock an evaluation would take the mark
 * before it can see the facts that this transaction writes, and nothing would evaluate those facts.
 */
const LOCKED = 'ON CONFLICT (tenant_id, customer_id) DO UPDATE SET customer_id = excluded.customer_id'

const MAPPING = "hashtext('profile mapping'), hashtext($1)"

/**
 * Marks the customers of these profiles, so that their segments are evaluated again. A profile that has no customer yet is
 * marked when it gets one. No other transaction can give it one until this one ends: otherwise neither of the two would see
 * the other, and neither would mark.
 */
export async function markProfilesDirty(tx: Tx, profileIds: string[]): Promise<void> {
  await shareMapping(tx)
  await markSharedDirty(tx, profileIds)
}

/** The same for a transaction that shares the mapping already. */
export async function markSharedDirty(tx: Tx, profileIds: string[]): Promise<void> {
  tx.work.add('dirty_customers')
  await tx.client.query(
    `INSERT INTO dirty_customers (tenant_id, customer_id)
     SELECT DISTINCT tenant_id, customer_id FROM profile_customers WHERE tenant_id = $1 AND profile_id = ANY($2::uuid[]) ORDER BY customer_id ${LOCKED}`,
    [tx.tenantId, encodeArray('uuid', profileIds)],
  )
}

/** Lets no profile get another customer until this transaction ends, so that it sees who is one person. Take it before other locks. */
export async function shareMapping(tx: Tx): Promise<void> {
  await tx.client.query(`SELECT pg_advisory_xact_lock_shared(${MAPPING})`, [tx.tenantId])
}

/** Call it before profiles get customers: it waits for transactions that saw the profiles without a customer. */
export async function lockMapping(tx: Tx): Promise<void> {
  await tx.client.query(`SELECT pg_advisory_xact_lock(${MAPPING})`, [tx.tenantId])
}

export async function markCustomersDirty(tx: Tx, customerIds: string[]): Promise<void> {
  tx.work.add('dirty_customers')
  await tx.client.query(
    `INSERT INTO dirty_customers (tenant_id, customer_id) SELECT DISTINCT $1::uuid, id FROM unnest($2::uuid[]) id ORDER BY id ${LOCKED}`,
    [tx.tenantId, encodeArray('uuid', customerIds)],
  )
}

const DOCUMENTS = "hashtext('refund documents'), hashtext($1)"

/** Lets no refund document come until this transaction ends. Take it before other locks. */
export async function shareDocuments(tx: Tx): Promise<void> {
  await tx.client.query(`SELECT pg_advisory_xact_lock_shared(${DOCUMENTS})`, [tx.tenantId])
}

/**
 * Call it before refund documents are stored: it waits for transactions that did not see them. Otherwise an order and its last document
 * that come concurrently would each miss the other, and nothing would return the coupons of the order.
 */
export async function lockDocuments(tx: Tx): Promise<void> {
  await tx.client.query(`SELECT pg_advisory_xact_lock(${DOCUMENTS})`, [tx.tenantId])
}
