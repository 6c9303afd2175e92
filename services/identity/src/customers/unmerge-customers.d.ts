import { z } from 'zod'
import type { Context } from '../context.ts'
import { type CustomerDecision } from './customer.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    decisionId: z.ZodUUID
    reason: z.ZodString
  },
  z.core.$strip
>
/** Undoes a merge: the profiles that it moved go back. What came to the survivor since then stays with it. */
export declare function unmergeCustomers(ctx: Context, raw: z.input<typeof Input>): Promise<CustomerDecision>
export {}
