import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { whileReading } from '../while-reading.ts'
import { readGraph } from './graph.queries.ts'
import type { Graph, GraphEvidence, Newcomers } from './graph.rules.ts'
import { type Changes, type CustomerState, changesOf } from './history.rules.ts'
import { partition } from './partition.rules.ts'

/** What follows from the identity graph, and what of it is not stored yet. */
export type Plan = {
  readonly graph: Graph
  /** Customer of each profile. */
  readonly customers: ReadonlyMap<string, string>
  readonly evidence: readonly GraphEvidence[]
  readonly changes: Changes
  /** Profiles that are observed for the first time; who plans stores them. */
  readonly born: ReadonlySet<string>
}

/**
 * Computes the customers of profiles, and of all that have to do with them, from the identity graph as it is now. The caller
 * holds the lock of the graph.
 * @param profileIds of profiles that are stored
 * @param newcomers profiles that are not stored yet
 */
export async function planGroups(tx: Tx, profileIds: readonly string[], newcomers?: Newcomers): Promise<Plan> {
  const graph = await readGraph(tx, profileIds, newcomers)
  const born = new Set(newcomers?.profiles.map(({ id }) => id))
  const homes = [...new Set(graph.profiles.filter(({ id }) => !born.has(id)).map(({ homeId }) => homeId))]
  const [states, { customers, evidence }] = await whileReading(readStates(tx, homes), () => partition(graph))
  const fresh = graph.profiles.filter(({ id }) => born.has(id)).map(({ homeId }): CustomerState => ({ id: homeId, mergedInto: null }))
  return { graph, customers, evidence, born, changes: changesOf(graph.profiles, [...states, ...fresh], customers, born) }
}

async function readStates(tx: Tx, ids: readonly string[]): Promise<CustomerState[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.client.query<CustomerState>(
    prepared(
      `SELECT s.id, c.merged_into AS "mergedInto" FROM unnest($2::uuid[]) AS s (id)
     CROSS JOIN LATERAL (SELECT merged_into FROM customers WHERE tenant_id = $1 AND id = s.id OFFSET 0) c`,
      [tx.tenantId, encodeArray('uuid', ids)],
    ),
  )
  return rows
}
