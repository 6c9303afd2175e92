import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { ApiClientChangedSchema } from '@renmai/proto/identity/v1/events'
import { and, eq, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { apiClientFailure } from './api-client.failures.ts'
import { apiClients } from './api-client.table.ts'

/**
 * Changes one client, and publishes the change for services that cache what it may do.
 * @throws AppError NOT_FOUND when there is no such client
 */
export async function changeApiClient(
  tx: Tx,
  clientId: string,
  changes: PgUpdateSetSource<typeof apiClients>,
): Promise<{ decided: { id: string }; targetId: string }> {
  const mine = and(eq(apiClients.tenantId, tx.tenantId), eq(apiClients.id, clientId))
  const { rowCount } = await tx
    .update(apiClients)
    .set({ ...changes, version: sql`${apiClients.version} + 1` })
    .where(mine)
  if (rowCount === 0) throw apiClientFailure('API_CLIENT_NOT_FOUND', 'clientId')
  await publish(tx, ApiClientChangedSchema, { clientId })
  return { decided: { id: clientId }, targetId: clientId }
}
