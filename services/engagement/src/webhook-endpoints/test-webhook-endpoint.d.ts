import { z } from 'zod'
import type { Context } from '../context.ts'
import { type WebhookDelivery } from './webhook-endpoint.table.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    endpointId: z.ZodUUID
  },
  z.core.$strip
>
/**
 * Sends an endpoint a test, once; what came of it stands in its log.
 * @throws AppError RATE_LIMITED for the next one within ten seconds: nobody may look around with it
 */
export declare function testWebhookEndpoint(ctx: Context, raw: z.input<typeof Input>): Promise<WebhookDelivery>
export {}
