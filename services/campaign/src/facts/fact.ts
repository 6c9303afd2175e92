import type { Tx } from '@renmai/platform/db/db'

/**
 * A mark that is there already is locked until this transaction ends: an evaluation must not take it before it can see
 * what this transaction writes. Left as it is, it would be taken, and what is written never looked at.
 */
const LOCKED = 'ON CONFLICT (tenant_id, customer_id) DO UPDATE SET customer_id = excluded.customer_id'

const MAPPING = "hashtext('profile mapping'), hashtext($1)"

/**
 * Has the segments of these profiles' customers looked at again. A profile without a customer yet is marked when it gets
 * one; until this transaction ends nobody can give it one, or neither of the two would see the other and nobody would mark.
 */
export async function markProfilesDirty(tx: Tx, profileIds: string[]): Promise<void> {
  tx.work.add('dirty_customers')
  await tx.client.query(`SELECT pg_advisory_xact_lock_shared(${MAPPING})`, [tx.tenantId])
  await tx.client.query(
    `INSERT INTO dirty_customers (tenant_id, customer_id)
     SELECT DISTINCT tenant_id, customer_id FROM profile_customers WHERE tenant_id = $1 AND profile_id = ANY($2) ORDER BY customer_id ${LOCKED}`,
    [tx.tenantId, profileIds],
  )
}

/** To be called before profiles are given customers: waits for those who know the profiles without. */
export async function lockMapping(tx: Tx): Promise<void> {
  await tx.client.query(`SELECT pg_advisory_xact_lock(${MAPPING})`, [tx.tenantId])
}

export async function markCustomersDirty(tx: Tx, customerIds: string[]): Promise<void> {
  tx.work.add('dirty_customers')
  await tx.client.query(
    `INSERT INTO dirty_customers (tenant_id, customer_id) SELECT DISTINCT $1::uuid, id FROM unnest($2::uuid[]) id ORDER BY id ${LOCKED}`,
    [tx.tenantId, customerIds],
  )
}
