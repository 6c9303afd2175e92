import { createHash } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { withTenant } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import { and, eq } from 'drizzle-orm'
import { readOpenAccount } from '../channels/channel.ts'
import type { Deps } from '../context.ts'
import { type OrderImport, orderImports } from './import.table.ts'
import { readRecords } from './read-records.ts'
import { stageRows } from './stage-rows.ts'
import { storeStaged } from './store-staged.ts'
import { watchSilence } from './watch-silence.ts'

/** A sender that is silent for this long has lost its connection; the received rows are kept. */
const SILENT_MS = 20_000

/**
 * Reads an order file as it arrives and keeps its rows; when the file is whole, and is the announced one, its orders are
 * stored. Rows that are kept or rejected are skipped later, so that a broken transfer can be sent again as a whole without
 * storing anything twice.
 * @throws AppError INVALID when the file is not the announced one or has no columns, TIMEOUT when its sender is silent,
 * UNAVAILABLE when identity does not answer, or the account is disabled
 */
export async function receiveOrderFile(
  deps: Deps,
  tenantId: string,
  importId: string,
  file: Readable,
  silentMs = SILENT_MS,
): Promise<OrderImport> {
  const job = await readImport(deps, tenantId, importId)
  if (job.state === 'COMPLETED') {
    file.resume()
    return job
  }
  await withTenant(deps.db, tenantId, (tx) => readOpenAccount(tx, deps.keyRing, job.accountId))
  // Its error came before anybody listened: the transfer would keep its place until it counts as silent.
  if (file.destroyed) throw new AppError('INVALID', 'The connection ended before the file was read; send the file again as a whole')
  const hash = createHash('sha256')
  const text = readUtf8((chunk) => hash.update(chunk))
  file.on('error', (error) => text.destroy(error))
  file.pipe(text)
  const stopWatching = watchSilence(file, silentMs, (error) => text.destroy(error))
  const rows = await stageRows(deps, job, readRecords(text))
    .catch((error: unknown) => {
      file.unpipe(text)
      file.resume()
      throw error
    })
    .finally(stopWatching)
  if (hash.digest('hex') !== job.sha256)
    throw new AppError('INVALID', 'The file is not the announced one; send it again', { sha256: 'differs' })
  await storeStaged(deps, job)
  return complete(deps, job, rows)
}

/** Decodes bytes to text. Bytes of another encoding are refused, because they would damage names. */
function readUtf8(seen: (chunk: Buffer) => void): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (chunk: Buffer | undefined, done: (error?: Error | null, text?: string) => void) => {
    try {
      done(null, decoder.decode(chunk, { stream: chunk !== undefined }))
    } catch {
      done(new AppError('INVALID', 'The file is not UTF-8; save it as UTF-8 (CSV UTF-8 in a spreadsheet program)'))
    }
  }
  return new Transform({
    readableObjectMode: true,
    transform: (chunk: Buffer, _encoding, done) => {
      seen(chunk)
      decode(chunk, done)
    },
    flush: (done) => decode(undefined, done),
  })
}

export async function readImport({ db }: Pick<Deps, 'db'>, tenantId: string, importId: string): Promise<OrderImport> {
  const [job] = await withTenant(db, tenantId, (tx) =>
    tx
      .select()
      .from(orderImports)
      .where(and(eq(orderImports.tenantId, tenantId), eq(orderImports.id, importId))),
  )
  if (!job) throw new AppError('NOT_FOUND', 'No such import')
  return job
}

async function complete({ db, now }: Deps, job: OrderImport, rows: number): Promise<OrderImport> {
  const [completed] = await withTenant(db, job.tenantId, (tx) =>
    tx
      .update(orderImports)
      .set({ state: 'COMPLETED', completedAt: now(), rowsDone: rows })
      .where(and(eq(orderImports.tenantId, job.tenantId), eq(orderImports.id, job.id)))
      .returning(),
  )
  return completed!
}
