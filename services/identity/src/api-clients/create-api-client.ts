import { createHmac } from 'node:crypto'
import { createApiKey, digestSecret } from '@renmai/platform/secrets/api-key'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { moment } from '@renmai/platform/serve/moments'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { ApiClientKind, ApiClientPlan } from '../gen/resolvers.ts'
import { SCOPES } from '../staff/scopes.gen.ts'
import { apiClients } from './api-client.table.ts'

export const Name = z.string().min(1).max(100)
export const Plan = z.enum(ApiClientPlan)
export const Addresses = z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'not an IP address or CIDR')).max(50)

export const Scopes = z.array(z.enum<readonly string[]>(SCOPES)).min(1).max(50)

const Input = z.object({
  idempotencyKey,
  name: Name,
  scopes: Scopes,
  expiresAt: moment.nullish(),
  kind: z.enum(ApiClientKind).nullish(),
  plan: Plan.nullish(),
  allowedAddresses: Addresses.nullish(),
})

/** Only the first answer contains the key. */
export type CreatedApiClient = { id: string; key?: string }

/** The stored hash of a secret. It is worthless without the pepper, which is not in the database. */
export function hashSecret(pepper: string, secretDigest: Uint8Array): Buffer {
  return createHmac('sha256', pepper).update(secretDigest).digest()
}

/** @throws AppError FORBIDDEN when the caller would give a scope that it does not hold */
export function requireHeld({ viewer }: Context, scopes: readonly string[]): void {
  const missing = scopes.filter((scope) => !viewer.scopes.has(scope))
  if (missing.length > 0) throw new AppError('FORBIDDEN', `You cannot give what you do not have: ${missing.join(', ')}`)
}

/** Creates a client with its key. Only this answer contains the key: a repeat of the call returns the client without it. */
export async function createApiClient(ctx: Context, raw: z.input<typeof Input>): Promise<CreatedApiClient> {
  const input = parse(Input, raw)
  requireHeld(ctx, input.scopes)
  return mutate(ctx, { name: 'createApiClient', scope: 'tenant:admin' }, input, async (tx) => {
    const key = createApiKey(tx.tenantId)
    const row = {
      tenantId: tx.tenantId,
      id: newId(),
      name: input.name,
      keyId: key.keyId,
      scopes: input.scopes,
      expiresAt: input.expiresAt ?? null,
      kind: input.kind ?? 'PARTNER',
      plan: input.plan ?? 'STANDARD',
      allowedAddresses: input.allowedAddresses ?? [],
    }
    await tx.insert(apiClients).values({ ...row, secretHash: hashSecret(ctx.pepper, digestSecret(key.secret)) })
    return { decided: { id: row.id }, once: { key: key.text }, targetId: row.id }
  })
}
