import type { Tx } from '@renmai/platform/db/db'
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { apiClientFailure } from './api-client.failures.ts'
import { type ApiClient, apiClients } from './api-client.table.ts'

/** The tenant's clients that are neither revoked nor expired. */
export const isUsable = (tx: Tx) =>
  and(
    eq(apiClients.tenantId, tx.tenantId),
    isNull(apiClients.revokedAt),
    or(isNull(apiClients.expiresAt), gt(apiClients.expiresAt, sql`now()`)),
  )

/** @throws AppError NOT_FOUND when there is no such client */
export async function lockClient(tx: Tx, clientId: string): Promise<ApiClient> {
  const mine = and(eq(apiClients.tenantId, tx.tenantId), eq(apiClients.id, clientId))
  const [client] = await tx.select().from(apiClients).where(mine).for('update')
  if (!client) throw apiClientFailure('API_CLIENT_NOT_FOUND', 'clientId')
  return client
}
