import type { Tx } from '@renmai/platform/db/db'
import { type Decision, rule } from '../graph/graph.ts'
import { profilesOfCustomer } from './customer.queries.ts'

/** Rules that two customers are different people: their profiles of now stand on the two sides. The caller holds the lock of the graph. */
export async function separateTwo(tx: Tx, a: string, b: string, decision: Decision): ReturnType<typeof rule> {
  return rule(tx, { kind: 'CANNOT_LINK', sideA: await profilesOfCustomer(tx, a), sideB: await profilesOfCustomer(tx, b), ...decision })
}
