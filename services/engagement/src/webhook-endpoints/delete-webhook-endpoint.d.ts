import { z } from 'zod'
import type { Context } from '../context.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    endpointId: z.ZodUUID
  },
  z.core.$strip
>
/** Deletes an endpoint. Nobody can read its log any more, which is forgotten with its time. */
export declare function deleteWebhookEndpoint(
  ctx: Context,
  raw: z.input<typeof Input>,
): Promise<{
  deletedId: string
}>
export {}
