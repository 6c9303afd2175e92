import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { CustomersMergedSchema, ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { and, eq, inArray } from 'drizzle-orm'
import { type CustomerDecision, customerDecisions, customers } from './customer.table.ts'
import { checkMerge } from './merge.rules.ts'

export type Merge = { survivorId: string; absorbedId: string; reason: string; decidedBy: string; at: Date }

/**
 * Makes one customer part of another. The number of changed rows is the number of profiles, whatever their history:
 * all other data belongs to profiles and is found through them.
 */
export async function absorb(tx: Tx, merge: Merge): Promise<CustomerDecision> {
  const { survivorId, absorbedId, reason, decidedBy, at } = merge
  const both = await lockCustomers(tx, [survivorId, absorbedId])
  checkMerge(both.get(survivorId), both.get(absorbedId))
  const moved = await moveProfiles(tx, absorbedId, survivorId)
  await tx
    .update(customers)
    .set({ mergedInto: survivorId })
    .where(and(eq(customers.tenantId, tx.tenantId), eq(customers.id, absorbedId)))
  const row = {
    tenantId: tx.tenantId,
    id: newId(),
    kind: 'MERGE' as const,
    survivorId,
    absorbedId,
    profileIds: moved,
    reason,
    decidedBy,
    at,
  }
  const [decision] = await tx.insert(customerDecisions).values(row).returning()
  await publish(tx, CustomersMergedSchema, { decisionId: decision!.id, survivorId, absorbedId })
  return decision!
}

/** Locks in the order of the ids, so that two merges of the same pair wait for each other instead of deadlocking. */
export async function lockCustomers(tx: Tx, ids: string[]): Promise<Map<string, typeof customers.$inferSelect>> {
  const rows = await tx
    .select()
    .from(customers)
    .where(and(eq(customers.tenantId, tx.tenantId), inArray(customers.id, ids)))
    .orderBy(customers.id)
    .for('update')
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * Moves profiles to another customer and publishes the change.
 * @param only the customer's profiles to move; all without it
 */
export async function moveProfiles(tx: Tx, fromCustomer: string, toCustomer: string, only?: string[]): Promise<string[]> {
  const { rows } = await tx.client.query<{ id: string; version: number }>(
    `UPDATE profiles SET customer_id = $3, version = version + 1
     WHERE tenant_id = $1 AND customer_id = $2 AND ($4::uuid[] IS NULL OR id = ANY($4)) RETURNING id, version`,
    [tx.tenantId, fromCustomer, toCustomer, only ?? null],
  )
  await publish(
    tx,
    ProfileLinkedSchema,
    ...rows.map(({ id, version }) => ({ profileId: id, customerId: toCustomer, version: BigInt(version) })),
  )
  return rows.map((row) => row.id).sort()
}
