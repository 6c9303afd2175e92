import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { apiClients } from './api-client.table.ts'
import { lockClient } from './api-client.ts'
import { changeApiClient } from './change-api-client.ts'

const Input = z.object({ idempotencyKey, clientId: z.uuid(), expectedVersion: z.int().nullish() })

export async function revokeApiClient(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const revokedAt = sql`coalesce(${apiClients.revokedAt}, ${ctx.now().toISOString()}::timestamptz)`
  return mutate(ctx, { name: 'revokeApiClient', scope: 'tenant:admin' }, input, async (tx) => {
    requireVersion(input.expectedVersion, (await lockClient(tx, input.clientId)).version)
    return changeApiClient(tx, input.clientId, { revokedAt })
  })
}
