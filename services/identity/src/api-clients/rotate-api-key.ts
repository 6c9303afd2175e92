import { createApiKey, digestSecret } from '@renmai/platform/secrets/api-key'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { apiClientFailure } from './api-client.failures.ts'
import { lockClient } from './api-client.ts'
import { changeApiClient } from './change-api-client.ts'
import { type CreatedApiClient, hashSecret } from './create-api-client.ts'

const Input = z.object({ idempotencyKey, clientId: z.uuid(), expectedVersion: z.int().nullish() })

/**
 * Creates a client's next key. Both keys are accepted until the rotation is finished. Only this answer contains the new key.
 * @throws AppError CONFLICT when a rotation is in progress, or the client is revoked
 */
export async function rotateApiKey(ctx: Context, raw: z.input<typeof Input>): Promise<CreatedApiClient> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'rotateApiKey', scope: 'tenant:admin' }, input, async (tx) => {
    const { revokedAt, nextKeyId, version } = await lockClient(tx, input.clientId)
    requireVersion(input.expectedVersion, version)
    if (revokedAt) throw apiClientFailure('API_CLIENT_REVOKED', 'clientId')
    if (nextKeyId) throw apiClientFailure('ROTATION_OPEN', 'clientId')
    const key = createApiKey(tx.tenantId)
    const changes = { nextKeyId: key.keyId, nextSecretHash: hashSecret(ctx.pepper, digestSecret(key.secret)) }
    return { ...(await changeApiClient(tx, input.clientId, changes)), once: { key: key.text } }
  })
}

/**
 * Ends the older of a client's two keys.
 * @throws AppError CONFLICT when it has one only
 */
export async function finishApiKeyRotation(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'finishApiKeyRotation', scope: 'tenant:admin' }, input, async (tx) => {
    const { nextKeyId: keyId, nextSecretHash: secretHash, nextKeyLastUsedAt: lastUsedAt, version } = await lockClient(tx, input.clientId)
    requireVersion(input.expectedVersion, version)
    if (!keyId || !secretHash) throw apiClientFailure('NO_ROTATION_OPEN', 'clientId')
    const changes = { keyId, secretHash, lastUsedAt, nextKeyId: null, nextSecretHash: null, nextKeyLastUsedAt: null }
    return changeApiClient(tx, input.clientId, changes)
  })
}
