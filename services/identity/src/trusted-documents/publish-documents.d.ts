import { z } from 'zod'
import type { Context } from '../context.ts'
export declare const Hash: z.ZodString
declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    documents: z.ZodArray<
      z.ZodObject<
        {
          hash: z.ZodString
          name: z.ZodOptional<z.ZodNullable<z.ZodString>>
          body: z.ZodString
        },
        z.core.$strip
      >
    >
  },
  z.core.$strip
>
/**
 * Makes documents trusted. Whether they fit the schema is not asked: a client is released before or after the schema that
 * it is written for.
 * @throws AppError INVALID when a hash is not that of its text
 */
export declare function publishDocuments(
  ctx: Context,
  raw: z.input<typeof Input>,
): Promise<{
  added: number
  known: number
}>
export {}
