import { AppError } from '@renmai/platform/errors'
import { idempotencyKey, mutate } from '@renmai/platform/mutate'
import { parse } from '@renmai/platform/parse'
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { type ApiClient, apiClients } from './api-client.table.ts'

const Input = z.object({ idempotencyKey, clientId: z.uuid() })

export async function revokeApiClient(ctx: Context, raw: z.input<typeof Input>): Promise<ApiClient> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'revokeApiClient', scope: 'tenant:admin' }, input, async (tx) => {
    const mine = and(eq(apiClients.tenantId, tx.tenantId), eq(apiClients.id, input.clientId))
    const revokedAt = sql`coalesce(${apiClients.revokedAt}, ${ctx.now().toISOString()}::timestamptz)`
    const [revoked] = await tx.update(apiClients).set({ revokedAt }).where(mine).returning()
    if (!revoked) throw new AppError('NOT_FOUND', 'No such API client')
    return { result: revoked, targetId: revoked.id }
  })
}
