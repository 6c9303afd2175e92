/** Two different customers, neither of them merged away, may become one. */

import { customerFailure } from './customer.failures.ts'
import type { Customer, CustomerMerge } from './customer.table.ts'

export function checkMerge(survivor: Customer | undefined, absorbed: Customer | undefined): void {
  if (!survivor || !absorbed) throw customerFailure('MERGED_CUSTOMER_NOT_FOUND', survivor ? 'absorbedId' : 'survivorId')
  if (survivor.id === absorbed.id) throw customerFailure('SAME_CUSTOMER', 'absorbedId')
  for (const [field, { id, mergedInto }] of Object.entries({ survivorId: survivor, absorbedId: absorbed })) {
    if (mergedInto) throw customerFailure('CUSTOMER_ALREADY_MERGED', field, { id, mergedInto })
  }
}

/** @param isInForce whether it still joins any of the profiles that it joined */
export function checkUnmerge(merge: CustomerMerge | undefined, isInForce: boolean): void {
  if (!merge) throw customerFailure('MERGE_NOT_FOUND', 'mergeId')
  if (merge.kind !== 'MERGE') throw customerFailure('NOT_A_MERGE', 'mergeId')
  if (!isInForce) throw customerFailure('MERGE_UNDONE', 'mergeId')
}
