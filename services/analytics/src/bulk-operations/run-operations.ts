import { ask } from '@renmai/platform/events/ask'
import { seal } from '@renmai/platform/secrets/crypto'
import { crashPoint } from '@renmai/platform/serve/crash-point'
import { AppError, isTransient } from '@renmai/platform/serve/errors'
import { queue } from '@renmai/platform/work/queue'
import { MAX_ATTEMPTS } from '@renmai/platform/work/settle'
import { GatewayService, type ReadBulkPageResponse } from '@renmai/proto/gateway/v1/gateway_service'
import type { Deps } from '../context.ts'
import { placeOf } from './bulk-operation.queries.ts'
import type { BulkOperation } from './bulk-operation.table.ts'
import { endOperation } from './end-operation.ts'
import { claim, giveBack, inOwn, LEASE_S } from './lease.ts'

/** Operations that one process works on concurrently; more would slow down the gateway's interactive requests. */
const LANES = 2
const DEADLINE_MS = 30_000
/** Longest turn of one operation: a list of millions takes an hour, and others must run meanwhile. */
const TURN_MS = 10_000
const MAX_FILE_BYTES = 1024 ** 3
/** Transient failures are retried for about a day, at least every five minutes. */
const MAX_FAILURES = 300

/**
 * Runs bulk operations, page by page. A page and the position of the next one are committed together, so a worker that dies
 * neither loses nor repeats a page.
 */
export const runOperations = queue('bulk_operations', (deps: Deps & { turnMs?: number }) => ({
  name: 'bulk-operations',
  lanes: LANES,
  due: [{ waiting: "status IN ('CREATED', 'RUNNING')", at: 'next_at' }],
  work: async (tenantId, signal) => {
    const claimed = await claim(deps, tenantId)
    if (!claimed) return 0
    await run(deps, claimed, deps.turnMs ?? TURN_MS, signal)
    return 1
  },
}))

/** Reads pages until the list ends, the turn ends, or the process stops. */
async function run(deps: Deps, claimed: BulkOperation, turnMs: number, signal: AbortSignal): Promise<void> {
  let operation: BulkOperation | undefined = claimed
  const until = performance.now() + turnMs
  try {
    do operation = await readPage(deps, operation)
    while (operation && performance.now() < until && !signal.aborted)
    if (operation) await giveBack(deps, operation, 0)
  } catch (error) {
    const { code, message } = error as AppError
    if (operation!.failures < attemptsFor(error)) return giveBack(deps, operation!, operation!.failures + 1)
    if (!(error instanceof AppError)) deps.bus.log.error({ err: error, operation: claimed.id }, 'a bulk operation failed')
    const told = error instanceof AppError ? { errorCode: code, errorMessage: message } : { errorCode: 'INTERNAL' }
    await inOwn(deps, claimed, (tx) => endOperation(tx, claimed, 'fail', told))
  }
}

/** The number of retries. A fault inside Renmai, such as a value that its type does not allow, may pass, but often lasts. */
function attemptsFor(error: unknown): number {
  if (isTransient(error)) return MAX_FAILURES
  return error instanceof AppError && error.code === 'INTERNAL' ? MAX_ATTEMPTS : 0
}

/** @returns the operation when pages are left; undefined when it is done or no longer belongs to this worker */
export async function readPage(deps: Deps, operation: BulkOperation): Promise<BulkOperation | undefined> {
  const { tenantId, viewerKind, viewerId, document, scopes, after } = operation
  const question = { tenantId, viewerKind, viewerId, document, scopes, after }
  const page = await ask(deps.bus, GatewayService.method.readBulkPage, question, DEADLINE_MS)
  return storePage(deps, operation, page)
}

function storePage(deps: Deps, operation: BulkOperation, page: ReadBulkPageResponse): Promise<BulkOperation | undefined> {
  const { tenantId, id, parts } = operation
  return inOwn(deps, operation, async (tx) => {
    const more = page.lines ? 1 : 0
    if (more) {
      const lines = seal(deps.keyRing, tenantId, placeOf(id, parts), page.lines)
      const values = [tenantId, id, parts, lines]
      await tx.client.query('INSERT INTO bulk_parts (tenant_id, operation_id, part, lines) VALUES ($1, $2, $3, $4)', values)
    }
    const read: BulkOperation = {
      ...operation,
      after: page.next,
      parts: parts + more,
      objectCount: operation.objectCount + page.nodes,
      fileSize: operation.fileSize + Buffer.byteLength(page.lines),
      failures: 0,
    }
    await tx.client.query(
      `UPDATE bulk_operations SET after = $3, parts = $4, object_count = $5, file_size = $6, failures = 0, next_at = now() + interval '${LEASE_S} seconds'
       WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, read.after, read.parts, read.objectCount, read.fileSize],
    )
    if (read.fileSize > MAX_FILE_BYTES) throw new AppError('INVALID', 'The file has more than a gigabyte; select less, or fewer')
    if (!page.next) await endOperation(tx, operation, 'complete')
    crashPoint('uncommitted')
    return page.next ? read : undefined
  })
}
