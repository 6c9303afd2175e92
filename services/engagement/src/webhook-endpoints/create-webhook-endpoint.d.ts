import { z } from 'zod'
import type { Context } from '../context.ts'
import { type ShownEndpoint } from './webhook-endpoint.queries.ts'
export declare const Url: z.ZodString
export declare const Document: z.ZodString
declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    clientId: z.ZodOptional<z.ZodNullable<z.ZodUUID>>
    url: z.ZodString
    document: z.ZodString
    secret: z.ZodOptional<z.ZodNullable<z.ZodString>>
  },
  z.core.$strip
>
export declare const SCOPE = 'webhooks:write'
export type CreatedEndpoint = {
  endpoint: ShownEndpoint
  secret: string | null
}
/**
 * Creates an endpoint of a client with its signing secret, which is in this answer only: a repeat gives the endpoint without.
 * @throws AppError INVALID for a URL or a document that cannot be used, FORBIDDEN for what the client may not have
 */
export declare function createWebhookEndpoint(ctx: Context, raw: z.input<typeof Input>): Promise<CreatedEndpoint>
export {}
