import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Tx, withTenant } from '@renmai/platform/db/db'
import { answer, ask } from '@renmai/platform/events/ask'
import type { Bus } from '@renmai/platform/events/bus'
import { publish } from '@renmai/platform/events/outbox'
import { open } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { isId } from '@renmai/platform/serve/ids'
import { AnalyticsService } from '@renmai/proto/analytics/v1/analytics_service'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq } from 'drizzle-orm'
import type { Deps } from '../context.ts'
import { placeOf } from './bulk-operation.queries.ts'
import { type BulkOperation, bulkOperations, bulkParts } from './bulk-operation.table.ts'
import { SCOPE } from './run-bulk-query.ts'
import { checkTicket } from './ticket.rules.ts'

const notThere = () => new AppError('NOT_FOUND', 'No such path')

/**
 * Returns a file part by part to the holder of a link, while the viewer has the rights. Each download is audited as the viewer's.
 */
export const readBulkFile = ({ db, bus, keyRing, ticketKey, now }: Deps) =>
  answer(AnalyticsService.method.readBulkFile, async ({ tenantId, operationId, ticket, part }) => {
    if (!isId(tenantId) || !isId(operationId)) throw notThere()
    const viewerId = checkTicket(ticketKey, tenantId, operationId, ticket, now())
    const operation = await withTenant(db, tenantId, (tx) => findCompleted(tx, operationId))
    if (part === 0) await requireHolder(bus, operation)
    return withTenant(db, tenantId, async (tx) => {
      if (part === 0) await recordFetch(tx, operation, viewerId, now())
      const sealed = await readPart(tx, operationId, part)
      const lines = sealed ? open(keyRing, tenantId, placeOf(operationId, part), sealed) : ''
      return { lines, parts: operation.parts, bytes: BigInt(operation.fileSize) }
    })
  })

async function findCompleted(tx: Tx, id: string): Promise<BulkOperation> {
  const [operation] = await tx
    .select()
    .from(bulkOperations)
    .where(and(eq(bulkOperations.tenantId, tx.tenantId), eq(bulkOperations.id, id), eq(bulkOperations.status, 'COMPLETED')))
  if (!operation) throw notThere()
  return operation
}

/** A viewer may lose rights before the link expires, so the download checks the rights again. */
async function requireHolder(bus: Bus, { tenantId, viewerKind, viewerId, scopes }: BulkOperation): Promise<void> {
  const found = await ask(bus, IdentityService.method.authorizeViewer, { tenantId, kind: viewerKind, viewerId })
  if (!found.isActive || ![SCOPE, ...scopes].every((scope) => found.scopes.includes(scope))) throw notThere()
}

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
