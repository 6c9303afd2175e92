import { z } from 'zod'
import type { Context } from '../context.ts'
import { type CreatedEndpoint } from './create-webhook-endpoint.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    endpointId: z.ZodUUID
    secret: z.ZodOptional<z.ZodNullable<z.ZodString>>
  },
  z.core.$strip
>
/** Gives an endpoint another secret, which is in this answer only. The one before signs beside it for a day. */
export declare function rotateWebhookSecret(ctx: Context, raw: z.input<typeof Input>): Promise<CreatedEndpoint>
export {}
