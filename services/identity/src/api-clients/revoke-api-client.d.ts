import { z } from 'zod'
import type { Context } from '../context.ts'
import type { ShownApiClient } from './create-api-client.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    clientId: z.ZodUUID
  },
  z.core.$strip
>
export declare function revokeApiClient(ctx: Context, raw: z.input<typeof Input>): Promise<ShownApiClient>
export {}
