import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { apiClients } from './api-client.table.ts'
import { changeApiClient } from './change-api-client.ts'

const Input = z.object({ idempotencyKey, clientId: z.uuid() })

export async function revokeApiClient(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const revokedAt = sql`coalesce(${apiClients.revokedAt}, ${ctx.now().toISOString()}::timestamptz)`
  return mutate(ctx, { name: 'revokeApiClient', scope: 'tenant:admin' }, input, (tx) => changeApiClient(tx, input.clientId, { revokedAt }))
}
