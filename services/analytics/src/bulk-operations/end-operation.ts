import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { bulkOperationFailure } from './bulk-operation.failures.ts'
import { transitions } from './bulk-operation.states.ts'
import { type BulkOperation, bulkOperations } from './bulk-operation.table.ts'

type Reason = { errorCode?: string; errorMessage?: string }

/**
 * Ends an operation and publishes the end. `expire-files.ts` deletes its pages later.
 * @throws AppError CONFLICT when it has ended
 */
export async function endOperation(
  tx: Tx,
  { id }: Pick<BulkOperation, 'id'>,
  how: 'complete' | 'fail' | 'cancel',
  { errorCode, errorMessage }: Reason = {},
): Promise<void> {
  const { from, to: status, event } = transitions[how]
  const { tenantId, id: operationId, status: current } = bulkOperations
  const [ended] = await tx
    .update(bulkOperations)
    .set({ status, errorCode: errorCode ?? null, errorMessage: errorMessage ?? null, attemptId: null, endedAt: sql`now()` })
    .where(and(eq(tenantId, tx.tenantId), eq(operationId, id), inArray(current, [...from])))
    .returning()
  if (!ended) throw bulkOperationFailure('BULK_OPERATION_ENDED', 'operationId')
  await publish(tx, event, { operationId: id, status })
}
