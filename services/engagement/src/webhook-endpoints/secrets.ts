import { randomBytes } from 'node:crypto'
import { type KeyRing, open, seal } from '@renmai/platform/secrets/crypto'
import { z } from 'zod'
import type { WebhookEndpoint } from './webhook-endpoint.table.ts'

/** Secrets that sign an endpoint's requests: both, while the older one is still valid. */
export type Secrets = { current: string; previous?: string | undefined }

const PREFIX = 'whsec_'
const [MIN_BYTES, MAX_BYTES] = [24, 64]

/** A secret of the Standard Webhooks specification: 24 to 64 bytes. */
export const Secret = z.string().refine((text) => {
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64')
  const isWhole = text === PREFIX + bytes.toString('base64')
  return isWhole && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES
}, `must be ${PREFIX} and ${MIN_BYTES} to ${MAX_BYTES} bytes in base64`)

export const createSecret = () => PREFIX + randomBytes(32).toString('base64')

const placeOf = (endpointId: string) => `webhook_endpoints.secrets|${endpointId}`

export const sealSecrets = (ring: KeyRing, tenantId: string, endpointId: string, secrets: Secrets): Buffer =>
  seal(ring, tenantId, placeOf(endpointId), JSON.stringify(secrets))

/** @returns the secrets that are valid now, the current one first */
export function goodSecrets(ring: KeyRing, { tenantId, id, secrets, previousSecretUntil }: WebhookEndpoint, now: Date): string[] {
  const { current, previous } = openSecrets(ring, tenantId, id, secrets)
  return previous && previousSecretUntil && previousSecretUntil > now ? [current, previous] : [current]
}

export const openSecrets = (ring: KeyRing, tenantId: string, endpointId: string, sealed: Buffer): Secrets =>
  JSON.parse(open(ring, tenantId, placeOf(endpointId), sealed)) as Secrets
