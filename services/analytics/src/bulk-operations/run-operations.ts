import { ask } from '@renmai/platform/events/ask'
import { seal } from '@renmai/platform/secrets/crypto'
import { crashPoint } from '@renmai/platform/serve/crash-point'
import { AppError, isTransient } from '@renmai/platform/serve/errors'
import { queue } from '@renmai/platform/work/queue'
import { GatewayService, type ReadBulkPageResponse } from '@renmai/proto/gateway/v1/gateway_service'
import type { Deps } from '../context.ts'
import { placeOf } from './bulk-operation.queries.ts'
import type { BulkOperation } from './bulk-operation.table.ts'
import { endOperation } from './end-operation.ts'
import { claim, giveBack, inOwn, LEASE_S } from './lease.ts'

/** Operations that one process works on; more would take the gateway's time from those who wait for an answer. */
const LANES = 2
const DEADLINE_MS = 30_000
/** After so long another one has its turn: a list of millions takes an hour. */
const TURN_MS = 10_000
const MAX_FILE_BYTES = 1024 ** 3
/** What fails in passing is tried again for about a day, at the latest every five minutes. */
const MAX_FAILURES = 300

/**
 * Reads bulk operations, page by page. A page, and where the next one begins, are committed together, so that a worker that
 * dies loses nothing and nothing comes twice.
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

/** Reads until the list, its turn, or the time of this process, is over. */
async function run(deps: Deps, claimed: BulkOperation, turnMs: number, signal: AbortSignal): Promise<void> {
  let operation: BulkOperation | undefined = claimed
  const until = performance.now() + turnMs
  try {
    do operation = await readPage(deps, operation)
    while (operation && performance.now() < until && !signal.aborted)
    if (operation) await giveBack(deps, operation, 0)
  } catch (error) {
    const { code, message } = error as AppError
    if (isTransient(error) && operation!.failures < MAX_FAILURES) return giveBack(deps, operation!, operation!.failures + 1)
    if (!(error instanceof AppError)) deps.bus.log.error({ err: error, operation: claimed.id }, 'a bulk operation failed')
    const told = error instanceof AppError ? { errorCode: code, errorMessage: message } : { errorCode: 'INTERNAL' }
    await inOwn(deps, claimed, (tx) => endOperation(tx, claimed, 'fail', told))
  }
}

/** @returns what is left to do; nothing when it is done, or is not ours any more */
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
