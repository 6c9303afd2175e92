import { changeFailure } from '@renmai/platform/serve/change.failures'
import { moment } from '@renmai/platform/serve/moments'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockClient } from './api-client.ts'
import { changeApiClient } from './change-api-client.ts'
import { Addresses, Name, Plan, requireHeld, Scopes } from './create-api-client.ts'

const Input = z.object({
  idempotencyKey,
  clientId: z.uuid(),
  name: Name.nullish(),
  scopes: Scopes.nullish(),
  expiresAt: moment.nullish(),
  plan: Plan.nullish(),
  allowedAddresses: Addresses.nullish(),
  expectedVersion: z.int().nullish(),
})

const FIELDS = 'name, scopes, expiresAt, plan, allowedAddresses'

/** Changes a client; its keys stay the same. A scope that the caller does not hold can be taken from the client, but not given to it. */
export async function updateApiClient(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { idempotencyKey: _key, clientId, expectedVersion, ...given } = input
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined))
  if (Object.keys(changes).length === 0) throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: FIELDS })
  return mutate(ctx, { name: 'updateApiClient', scope: 'tenant:admin' }, input, async (tx) => {
    const { scopes, version } = await lockClient(tx, clientId)
    requireVersion(expectedVersion, version)
    requireHeld(ctx, input.scopes?.filter((scope) => !scopes.includes(scope)) ?? [])
    return changeApiClient(tx, clientId, changes)
  })
}
