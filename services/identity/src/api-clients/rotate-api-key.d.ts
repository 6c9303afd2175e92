import { z } from 'zod'
import type { Context } from '../context.ts'
import { type CreatedApiClient, type ShownApiClient } from './create-api-client.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    clientId: z.ZodUUID
  },
  z.core.$strip
>
/**
 * Creates the key that follows a client's key; both are good until the rotation is finished. Shown in this answer only.
 * @throws AppError CONFLICT when a rotation is under way, or the client is revoked
 */
export declare function rotateApiKey(ctx: Context, raw: z.input<typeof Input>): Promise<CreatedApiClient>
/**
 * Ends the older of a client's two keys.
 * @throws AppError CONFLICT when it has one only
 */
export declare function finishApiKeyRotation(ctx: Context, raw: z.input<typeof Input>): Promise<ShownApiClient>
export {}
