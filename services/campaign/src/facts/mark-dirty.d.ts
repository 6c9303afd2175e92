import type { Tx } from '@renmai/platform/db'
/**
 * Has the segments of these profiles' customers looked at again. A profile without a customer yet is marked when it gets
 * one; until this transaction ends nobody can give it one, or neither of the two would see the other and nobody would mark.
 */
export declare function markProfilesDirty(tx: Tx, profileIds: string[]): Promise<void>
/** To be called before profiles are given customers: waits for those who know the profiles without. */
export declare function lockMapping(tx: Tx): Promise<void>
export declare function markCustomersDirty(tx: Tx, customerIds: string[]): Promise<void>
