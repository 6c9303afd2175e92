import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { answer } from '@renmai/platform/ask'
import { open } from '@renmai/platform/crypto'
import { type Tx, withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { isId } from '@renmai/platform/ids'
import { publish } from '@renmai/platform/outbox'
import { AnalyticsService } from '@renmai/proto/analytics/v1/analytics_service'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { and, eq } from 'drizzle-orm'
import type { Worker } from '../context.ts'
import { placeOf } from './bulk-operation.queries.ts'
import { type BulkOperation, bulkOperations, bulkParts } from './bulk-operation.table.ts'
import { checkTicket } from './ticket.rules.ts'

const notThere = () => new AppError('NOT_FOUND', 'No such path')

/** Gives the holder of a link the file part by part; each fetching is audited as its viewer's. */
export const answerReadBulkFile = ({ db, keyRing, ticketKey, now }: Worker) =>
  answer(AnalyticsService.method.readBulkFile, async ({ tenantId, operationId, ticket, part }) => {
    if (!isId(tenantId) || !isId(operationId)) throw notThere()
    const viewerId = checkTicket(ticketKey, tenantId, operationId, ticket, now())
    return withTenant(db, tenantId, async (tx) => {
      const [operation] = await tx
        .select()
        .from(bulkOperations)
        .where(and(eq(bulkOperations.tenantId, tenantId), eq(bulkOperations.id, operationId), eq(bulkOperations.status, 'COMPLETED')))
      if (!operation) throw notThere()
      if (part === 0) await recordFetch(tx, operation, viewerId, now())
      const sealed = await readPart(tx, operationId, part)
      const lines = sealed ? open(keyRing, tenantId, placeOf(operationId, part), sealed) : ''
      return { lines, parts: operation.parts, bytes: BigInt(operation.fileSize) }
    })
  })

async function readPart(tx: Tx, operationId: string, part: number): Promise<Buffer | undefined> {
  const wanted = and(eq(bulkParts.tenantId, tx.tenantId), eq(bulkParts.operationId, operationId), eq(bulkParts.part, part))
  return (await tx.select({ lines: bulkParts.lines }).from(bulkParts).where(wanted))[0]?.lines
}

async function recordFetch(tx: Tx, { id, viewerKind, document }: BulkOperation, viewerId: string, now: Date): Promise<void> {
  await publish(tx, ActionRecordedSchema, {
    action: 'fetchBulkFile',
    actorKind: viewerKind,
    actorId: viewerId,
    targetId: id,
    inputDigest: createHash('sha256').update(document).digest(),
    at: timestampFromDate(now),
  })
}
