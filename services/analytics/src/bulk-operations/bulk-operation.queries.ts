import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { BulkOperationFinishedSchema } from '@renmai/proto/analytics/v1/events'
import { and, eq, sql } from 'drizzle-orm'
import { type BulkOperation, type BulkStatus, bulkOperations } from './bulk-operation.table.ts'

/** Nobody sees what another had read with other scopes. */
export const isOwn = ({ kind, id, tenantId }: Viewer) =>
  and(eq(bulkOperations.tenantId, tenantId), eq(bulkOperations.viewerKind, kind), eq(bulkOperations.viewerId, id))

/** Where a part is sealed to. */
export const placeOf = (operationId: string, part: number) => `bulk_parts.lines|${operationId}|${part}`

type Ended = { status: Extract<BulkStatus, 'COMPLETED' | 'FAILED' | 'CANCELED'>; errorCode?: string; errorMessage?: string }

/** Ends an operation, and says so. Its file, or what there is of it, is kept for its time. */
export async function end(tx: Tx, { id }: Pick<BulkOperation, 'id'>, { status, errorCode, errorMessage }: Ended): Promise<BulkOperation> {
  const [ended] = await tx
    .update(bulkOperations)
    .set({ status, errorCode: errorCode ?? null, errorMessage: errorMessage ?? null, attemptId: null, endedAt: sql`now()` })
    .where(and(eq(bulkOperations.tenantId, tx.tenantId), eq(bulkOperations.id, id)))
    .returning()
  await publish(tx, BulkOperationFinishedSchema, { operationId: id, status })
  return ended!
}
