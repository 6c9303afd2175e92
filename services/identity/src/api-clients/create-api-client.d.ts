import { z } from 'zod'
import type { Context } from '../context.ts'
import { type ApiClient } from './api-client.table.ts'
export declare const Name: z.ZodString
export declare const Plan: z.ZodEnum<{
  ENTERPRISE: 'ENTERPRISE'
  PLUS: 'PLUS'
  STANDARD: 'STANDARD'
}>
export declare const Addresses: z.ZodArray<z.ZodUnion<readonly [z.ZodIPv4, z.ZodIPv6, z.ZodCIDRv4, z.ZodCIDRv6]>>
declare const Input: z.ZodObject<
  {
    idempotencyKey: z.ZodString
    name: z.ZodString
    scopes: z.ZodArray<
      z.ZodEnum<{
        [x: string]: string
      }>
    >
    expiresAt: z.ZodOptional<z.ZodNullable<z.ZodCoercedDate<unknown>>>
    kind: z.ZodOptional<
      z.ZodNullable<
        z.ZodEnum<{
          OWN: 'OWN'
          PARTNER: 'PARTNER'
        }>
      >
    >
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
  },
  z.core.$strip
>
export type ShownApiClient = Omit<ApiClient, 'secretHash' | 'nextSecretHash'>
export type CreatedApiClient = {
  client: ShownApiClient
  key: string | null
}
/** What we keep of a secret: worthless without the pepper, which is not in the database. */
export declare function hashSecret(pepper: string, secretDigest: Uint8Array): Buffer
/** Creates a client with its key. The key is in this answer only: a repeat of the call gives the client without it. */
export declare function createApiClient(ctx: Context, raw: z.input<typeof Input>): Promise<CreatedApiClient>
/** What of a client may be remembered with the answer to a command. */
export declare function withoutSecrets({ secretHash: _hash, nextSecretHash: _nextHash, ...client }: ApiClient): ShownApiClient
export {}
