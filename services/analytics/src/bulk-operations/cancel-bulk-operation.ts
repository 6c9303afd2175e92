import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { bulkOperationFailure } from './bulk-operation.failures.ts'
import { isOwn } from './bulk-operation.queries.ts'
import { transitions } from './bulk-operation.states.ts'
import { type BulkStatus, bulkOperations } from './bulk-operation.table.ts'
import { endOperation } from './end-operation.ts'
import { SCOPE } from './run-bulk-query.ts'

const Input = z.object({ idempotencyKey, operationId: z.uuid() })

/**
 * Ends an operation that waits or runs.
 * @throws AppError NOT_FOUND when it is not the viewer's, CONFLICT when it has ended
 */
export async function cancelBulkOperation(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'cancelBulkOperation', scope: SCOPE }, input, async (tx) => {
    const [found] = await tx
      .select()
      .from(bulkOperations)
      .where(and(isOwn(ctx.viewer), eq(bulkOperations.id, input.operationId)))
      .for('update')
    if (!found) throw bulkOperationFailure('BULK_OPERATION_NOT_FOUND', 'operationId')
    if (!(transitions.cancel.from as readonly BulkStatus[]).includes(found.status))
      throw bulkOperationFailure('BULK_OPERATION_ENDED', 'operationId')
    await endOperation(tx, found, 'cancel')
    return { decided: { id: found.id }, targetId: found.id }
  })
}
