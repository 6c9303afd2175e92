import { type Tx } from '@renmai/platform/db'
import type { Worker } from '../context.ts'
import type { BulkOperation } from './bulk-operation.table.ts'
/** How long an operation is a worker's, from each of its pages on. */
export declare const LEASE_S = 60
/** The one that is due longest, of a viewer of whom none runs elsewhere. */
export declare function claim({ db }: Worker, tenantId: string): Promise<BulkOperation | undefined>
/** Works on an operation that is still this worker's; otherwise not at all. */
export declare function inOwn<T>(
  { db }: Worker,
  { tenantId, id, attemptId }: BulkOperation,
  work: (tx: Tx) => Promise<T>,
): Promise<T | undefined>
/** Lets it come again after a while that grows with its failures. */
export declare function giveBack(worker: Worker, operation: BulkOperation, failures: number): Promise<void>
