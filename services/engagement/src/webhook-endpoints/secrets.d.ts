import { type KeyRing } from '@renmai/platform/crypto'
import { z } from 'zod'
import type { WebhookEndpoint } from './webhook-endpoint.table.ts'
/** What an endpoint's requests are signed with: both, while the older one is still good. */
export type Secrets = {
  current: string
  previous?: string | undefined
}
/** A secret of the Standard Webhooks specification: 24 to 64 bytes. */
export declare const Secret: z.ZodString
export declare const createSecret: () => string
export declare const sealSecrets: (ring: KeyRing, tenantId: string, endpointId: string, secrets: Secrets) => Buffer
/** @returns those that are good now, the current one first */
export declare function goodSecrets(ring: KeyRing, { tenantId, id, secrets, previousSecretUntil }: WebhookEndpoint, now: Date): string[]
export declare const openSecrets: (ring: KeyRing, tenantId: string, endpointId: string, sealed: Buffer) => Secrets
