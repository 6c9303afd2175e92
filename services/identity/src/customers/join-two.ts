import type { Tx } from '@renmai/platform/db/db'
import { type Decision, rule } from '../graph/graph.ts'
import { homeProfile, profilesOfCustomer, readCustomers } from './customer.queries.ts'
import type { CustomerMerge } from './customer.table.ts'
import { checkMerge } from './merge.rules.ts'

/**
 * Joins two customers by a person's decision, and ends what people ruled against it before. The caller holds the lock of the graph.
 * @returns the entry of the merge history
 * @throws AppError when they cannot be joined
 */
export async function joinTwo(tx: Tx, survivorId: string, absorbedId: string, decision: Decision): Promise<CustomerMerge> {
  const both = await readCustomers(tx, [survivorId, absorbedId])
  checkMerge(both.get(survivorId), both.get(absorbedId))
  const sides = { sideA: [await homeProfile(tx, survivorId)], sideB: [await homeProfile(tx, absorbedId)] }
  const ends = (await separating(tx, survivorId, absorbedId)).flatMap((ruling) => [ruling.id, ...ruling.ends])
  const { history } = await rule(tx, { kind: 'LINK', ...sides, ends, ...decision })
  return history.find((entry) => entry.absorbedId === absorbedId)!
}

/** Rulings that the profiles of the two are not one person, with the merges that these undid: a merge takes their place. */
export async function separating(tx: Tx, a: string, b: string): Promise<{ id: string; ends: string[] }[]> {
  const { rows } = await tx.client.query<{ id: string; ends: string[] }>(
    `SELECT id, ends FROM rulings WHERE tenant_id = $1 AND holds AND kind = 'CANNOT_LINK'
       AND ((side_a && $2 AND side_b && $3) OR (side_a && $3 AND side_b && $2))`,
    [tx.tenantId, await profilesOfCustomer(tx, a), await profilesOfCustomer(tx, b)],
  )
  return rows
}
