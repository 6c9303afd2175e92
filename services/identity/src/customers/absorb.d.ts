import type { Tx } from '@renmai/platform/db'
import { type CustomerDecision, customers } from './customer.table.ts'
export type Merge = {
  survivorId: string
  absorbedId: string
  reason: string
  decidedBy: string
  at: Date
}
/**
 * Makes one customer part of another: as many rows change as there are profiles, whatever their history. Everything
 * else hangs on profiles and is found through them.
 */
export declare function absorb(tx: Tx, merge: Merge): Promise<CustomerDecision>
/** Locks in the order of the ids, so that two merges of the same pair wait for each other instead of deadlocking. */
export declare function lockCustomers(tx: Tx, ids: string[]): Promise<Map<string, typeof customers.$inferSelect>>
/**
 * Gives profiles another customer and says so.
 * @param only which of the customer's profiles; all without it
 */
export declare function moveProfiles(tx: Tx, fromCustomer: string, toCustomer: string, only?: string[]): Promise<string[]>
