import { z } from 'zod'
import type { Context } from '../context.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    profileId: z.ZodUUID
    attributes: z.ZodArray<
      z.ZodObject<
        {
          key: z.ZodString
          value: z.ZodString
        },
        z.core.$strip
      >
    >
  },
  z.core.$strip
>
/** Sets values by hand. Unlike what sources send, every value must fit a registered field. */
export declare function setAttributes(
  ctx: Context,
  raw: z.input<typeof Input>,
): Promise<{
  customerId: string
}>
export {}
