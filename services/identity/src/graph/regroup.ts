import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import type { CustomerMerge } from '../customers/customer.table.ts'
import { readGraph } from './graph.queries.ts'
import { type CustomerState, changesOf } from './history.rules.ts'
import { partition } from './partition.rules.ts'
import { type Person, recordChanges } from './record-changes.ts'
import { storeEvidence } from './store-evidence.ts'

export type Cause = {
  readonly at: Date
  /** The person who decided, with the ruling; without one rules decided. */
  readonly person?: Person
  /** Profiles that are observed for the first time. They are not published here. */
  readonly born?: ReadonlySet<string>
}

export type Regrouped = { readonly customers: ReadonlyMap<string, string>; readonly history: readonly CustomerMerge[] }

/**
 * Recomputes the customers of profiles, and of all that have to do with them, from the identity graph as it is now. The caller
 * holds the lock of the graph.
 * @returns the customer of each profile, and the new entries of the merge history
 */
export async function regroup(tx: Tx, profileIds: readonly string[], cause: Cause): Promise<Regrouped> {
  const graph = await readGraph(tx, profileIds)
  const { customers, evidence } = partition(graph)
  const born = cause.born ?? new Set()
  const states = await readStates(tx, [...new Set(graph.profiles.map(({ homeId }) => homeId))])
  const changed = changesOf(graph.profiles, states, customers, born)
  await moveProfiles(
    tx,
    graph.profiles
      .filter(({ id, customerId }) => customers.get(id) !== customerId)
      .map(({ id }) => ({ id, customerId: customers.get(id)! })),
    born,
  )
  const history = await recordChanges(tx, changed, evidence, cause)
  await storeEvidence(tx, graph, customers, evidence)
  return { customers, history }
}

async function readStates(tx: Tx, ids: readonly string[]): Promise<CustomerState[]> {
  const { rows } = await tx.client.query<CustomerState>(
    'SELECT id, merged_into AS "mergedInto" FROM customers WHERE tenant_id = $1 AND id = ANY($2)',
    [tx.tenantId, ids],
  )
  return rows
}

/** A profile that nobody knows yet keeps its first version. */
async function moveProfiles(tx: Tx, moved: readonly { id: string; customerId: string }[], born: ReadonlySet<string>): Promise<void> {
  if (moved.length === 0) return
  const { rows } = await tx.client.query<{ id: string; customerId: string; version: number }>(
    `UPDATE profiles p SET customer_id = m.customer_id, version = p.version + CASE WHEN p.id = ANY($4) THEN 0 ELSE 1 END
     FROM unnest($2::uuid[], $3::uuid[]) AS m (id, customer_id) WHERE p.tenant_id = $1 AND p.id = m.id
     RETURNING p.id, p.customer_id AS "customerId", p.version`,
    [tx.tenantId, moved.map(({ id }) => id), moved.map(({ customerId }) => customerId), [...born]],
  )
  const known = rows.filter(({ id }) => !born.has(id))
  await publish(
    tx,
    ProfileLinkedSchema,
    ...known.map(({ id, customerId, version }) => ({ profileId: id, customerId, version: BigInt(version) })),
  )
}
