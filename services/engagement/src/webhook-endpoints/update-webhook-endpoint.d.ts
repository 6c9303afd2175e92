import { z } from 'zod'
import type { Context } from '../context.ts'
import { type ShownEndpoint } from './webhook-endpoint.queries.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    endpointId: z.ZodUUID
    url: z.ZodOptional<z.ZodNullable<z.ZodString>>
    document: z.ZodOptional<z.ZodNullable<z.ZodString>>
    isEnabled: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>
    expectedVersion: z.ZodOptional<z.ZodNullable<z.ZodInt>>
  },
  z.core.$strip
>
/**
 * Changes where an endpoint is, what it is told, and whether. What happens while it is disabled is not told later.
 * @throws AppError as createWebhookEndpoint does; NOT_FOUND when it is not the viewer's
 */
export declare function updateWebhookEndpoint(ctx: Context, raw: z.input<typeof Input>): Promise<ShownEndpoint>
export {}
