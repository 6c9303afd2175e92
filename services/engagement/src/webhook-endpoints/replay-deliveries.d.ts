import { z } from 'zod'
import type { Context } from '../context.ts'
import { type ShownEndpoint } from './webhook-endpoint.queries.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    endpointId: z.ZodUUID
    deliveryIds: z.ZodOptional<z.ZodNullable<z.ZodArray<z.ZodUUID>>>
    failedSince: z.ZodOptional<z.ZodNullable<z.ZodCoercedDate<unknown>>>
  },
  z.core.$strip
>
/**
 * Puts deliveries into the queue again: some by their ids, whatever became of them, or those that failed since a moment, at
 * most 10,000 of them, oldest first. They keep their ids, by which a receiver knows what it has.
 * @throws AppError CONFLICT while the endpoint is disabled
 */
export declare function replayWebhookDeliveries(
  ctx: Context,
  raw: z.input<typeof Input>,
): Promise<{
  endpoint: ShownEndpoint
  replayed: number
}>
export {}
