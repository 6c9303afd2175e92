import { z } from 'zod'
import type { Context } from '../context.ts'
import { type ShownApiClient } from './create-api-client.ts'

declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    clientId: z.ZodUUID
    name: z.ZodOptional<z.ZodNullable<z.ZodString>>
    plan: z.ZodOptional<
      z.ZodNullable<
        z.ZodEnum<{
          ENTERPRISE: 'ENTERPRISE'
          PLUS: 'PLUS'
          STANDARD: 'STANDARD'
        }>
      >
    >
    allowedAddresses: z.ZodOptional<z.ZodNullable<z.ZodArray<z.ZodUnion<readonly [z.ZodIPv4, z.ZodIPv6, z.ZodCIDRv4, z.ZodCIDRv6]>>>>
    expectedVersion: z.ZodOptional<z.ZodNullable<z.ZodInt>>
  },
  z.core.$strip
>
export declare function updateApiClient(ctx: Context, raw: z.input<typeof Input>): Promise<ShownApiClient>
export {}
