import { z } from 'zod'
import type { Context } from '../context.ts'
import { type BulkOperation } from './bulk-operation.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    operationId: z.ZodUUID
  },
  z.core.$strip
>
/**
 * Ends an operation that waits or runs.
 * @throws AppError NOT_FOUND when it is not the viewer's, CONFLICT when it has ended
 */
export declare function cancelBulkOperation(ctx: Context, raw: z.input<typeof Input>): Promise<BulkOperation>
export {}
