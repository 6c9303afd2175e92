import { z } from 'zod'
import type { Context } from '../context.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    hashes: z.ZodArray<z.ZodString>
  },
  z.core.$strip
>
export declare function retireDocuments(
  ctx: Context,
  raw: z.input<typeof Input>,
): Promise<{
  retired: number
}>
export {}
