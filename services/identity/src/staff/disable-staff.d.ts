import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Staff } from './staff.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    staffId: z.ZodUUID
  },
  z.core.$strip
>
export declare function disableStaff(ctx: Context, raw: z.input<typeof Input>): Promise<Staff>
export {}
