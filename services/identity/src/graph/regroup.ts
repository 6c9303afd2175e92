import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { together } from '@renmai/platform/db/together'
import { publish } from '@renmai/platform/events/outbox'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import type { CustomerMerge } from '../customers/customer.table.ts'
import { type Plan, planGroups } from './plan-groups.ts'
import { type Person, recordChanges } from './record-changes.ts'
import { storeEvidence } from './store-evidence.ts'

export type Cause = {
  readonly at: Date
  /** The person who decided, with the ruling; without one rules decided. */
  readonly person?: Person
}

export type Regrouped = { readonly customers: ReadonlyMap<string, string>; readonly history: readonly CustomerMerge[] }

/**
 * Recomputes the customers of profiles, and of all that have to do with them, from the identity graph as it is now. The caller
 * holds the lock of the graph.
 * @returns the customer of each profile, and the new entries of the merge history
 */
export async function regroup(tx: Tx, profileIds: readonly string[], cause: Cause): Promise<Regrouped> {
  const plan = await planGroups(tx, profileIds)
  return { customers: plan.customers, history: await applyPlan(tx, plan, cause) }
}

/**
 * Stores what a plan changes for stored profiles and their customers, the history and the evidence. Profiles that are born are
 * stored already, with the customer that the plan gives them.
 * @returns the new entries of the merge history
 */
export async function applyPlan(tx: Tx, { graph, customers, evidence, changes, born }: Plan, cause: Cause): Promise<CustomerMerge[]> {
  const moved = graph.profiles.filter(({ id, customerId }) => !born.has(id) && customers.get(id) !== customerId)
  // Profiles are moved first: which pairs are open depends on it.
  const [, history] = await together(tx, () => [
    moveProfiles(
      tx,
      moved.map(({ id }) => ({ id, customerId: customers.get(id)! })),
    ),
    recordChanges(tx, changes, evidence, cause),
    storeEvidence(tx, { ...graph, born }, customers, evidence),
  ])
  return history
}

async function moveProfiles(tx: Tx, moved: readonly { id: string; customerId: string }[]): Promise<void> {
  if (moved.length === 0) return
  const { rows } = await tx.client.query<{ id: string; customerId: string; version: number }>(
    prepared(
      `UPDATE profiles p SET customer_id = m.customer_id, version = p.version + 1
     FROM unnest($2::uuid[], $3::uuid[]) AS m (id, customer_id) WHERE p.tenant_id = $1 AND p.id = m.id
     RETURNING p.id, p.customer_id AS "customerId", p.version`,
      [tx.tenantId, moved.map(({ id }) => id), moved.map(({ customerId }) => customerId)],
    ),
  )
  await publish(
    tx,
    ProfileLinkedSchema,
    ...rows.map(({ id, customerId, version }) => ({ profileId: id, customerId, version: BigInt(version) })),
  )
}
