import { z } from 'zod'
import type { Context } from '../context.ts'
import { type BulkOperation } from './bulk-operation.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    query: z.ZodString
  },
  z.core.$strip
>
export declare const SCOPE = 'exports:write'
/**
 * Has the whole list of a query read into a file, in the name of who asks.
 * @throws AppError INVALID for a query that is no list, FORBIDDEN for what the viewer may not have, CONFLICT for too many
 */
export declare function runBulkQuery(ctx: Context, raw: z.input<typeof Input>): Promise<BulkOperation>
export {}
