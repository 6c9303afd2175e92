import { z } from 'zod'
import type { Context } from '../context.ts'
import type { CustomerDecision } from './customer.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    survivorId: z.ZodUUID
    absorbedId: z.ZodUUID
    reason: z.ZodString
  },
  z.core.$strip
>
/** Joins two customers by a person's decision. */
export declare function mergeCustomers(ctx: Context, raw: z.input<typeof Input>): Promise<CustomerDecision>
export {}
