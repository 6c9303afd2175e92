import { AppError } from '@renmai/platform/serve/errors'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { end, isOwn } from './bulk-operation.queries.ts'
import { bulkOperations } from './bulk-operation.table.ts'
import { SCOPE } from './run-query.ts'

const Input = z.object({ idempotencyKey, operationId: z.uuid() })

/**
 * Ends an operation that waits or runs.
 * @throws AppError NOT_FOUND when it is not the viewer's, CONFLICT when it has ended
 */
export async function cancelBulkOperation(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'bulkOperationCancel', scope: SCOPE }, input, async (tx) => {
    const [found] = await tx
      .select()
      .from(bulkOperations)
      .where(and(isOwn(ctx.viewer), eq(bulkOperations.id, input.operationId)))
      .for('update')
    if (!found) throw new AppError('NOT_FOUND', 'No such bulk operation')
    if (!['CREATED', 'RUNNING'].includes(found.status)) throw new AppError('CONFLICT', `The operation is ${found.status} already`)
    await end(tx, found, { status: 'CANCELED' })
    return { decided: { id: found.id }, targetId: found.id }
  })
}
