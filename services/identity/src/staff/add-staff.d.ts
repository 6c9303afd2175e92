import { z } from 'zod'
import type { Context } from '../context.ts'
import { type Staff } from './staff.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    subject: z.ZodString
    name: z.ZodString
    roles: z.ZodArray<
      z.ZodEnum<{
        [x: string]: string
      }>
    >
  },
  z.core.$strip
>
export declare function addStaff(ctx: Context, raw: z.input<typeof Input>): Promise<Staff>
export {}
