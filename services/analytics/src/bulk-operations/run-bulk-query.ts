import type { Tx } from '@renmai/platform/db/db'
import { ask } from '@renmai/platform/events/ask'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireScope } from '@renmai/platform/serve/viewer'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { and, count, inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { bulkOperationFailure } from './bulk-operation.failures.ts'
import { isOwn } from './bulk-operation.queries.ts'
import { bulkOperations } from './bulk-operation.table.ts'

const Input = z.object({ idempotencyKey, query: z.string().min(1).max(8_192) })

export const SCOPE = 'exports:write'
/** Operations of one viewer that wait or run. */
const UNFINISHED = 5

/**
 * Schedules an operation that reads the whole list of a query into a file, in the name of the caller.
 * @throws AppError INVALID for a query that is no list, FORBIDDEN without the rights, CONFLICT for too many operations
 */
export async function runBulkQuery(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  requireScope(ctx.viewer, SCOPE)
  const input = parse(Input, raw)
  const { tenantId, kind: viewerKind, id: viewerId } = ctx.viewer
  const scopes = [...ctx.viewer.scopes]
  await ask(ctx.bus, GatewayService.method.checkBulkQuery, { tenantId, viewerKind, viewerId, document: input.query, scopes })
  return mutate(ctx, { name: 'runBulkQuery', scope: SCOPE }, input, async (tx) => {
    await requireRoom(tx, ctx)
    const row = { tenantId, id: newId(), viewerKind, viewerId, document: input.query, scopes }
    await tx.insert(bulkOperations).values(row)
    tx.work.add('bulk_operations')
    return { decided: { id: row.id }, targetId: row.id }
  })
}

async function requireRoom(tx: Tx, { viewer }: Context): Promise<void> {
  // Without the lock, several concurrent calls would each find the last place free.
  await tx.client.query("SELECT pg_advisory_xact_lock(hashtextextended('bulk_rooms' || $1, 0))", [viewer.id])
  const isUnfinished = inArray(bulkOperations.status, ['CREATED', 'RUNNING'])
  const [found] = await tx
    .select({ n: count() })
    .from(bulkOperations)
    .where(and(isOwn(viewer), isUnfinished))
  if (found!.n >= UNFINISHED) throw bulkOperationFailure('TOO_MANY_BULK_OPERATIONS', undefined, { most: UNFINISHED })
}
