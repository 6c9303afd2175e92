import { createHash } from 'node:crypto'
import { pause } from '@renmai/platform/serve/clock'
import { request } from 'undici'
import type { Client } from './client.ts'

export type ImportOptions = { accountId: string; mapping: object; currency: string; zone: string }
type Counts = {
  id: string
  state: string
  rowsDone: number
  orders: number
  refunds: number
  rejections: { reason: string; rows: number }[]
}
export type ImportCounts = Counts & { rejectedRows: number }

const FIELDS = 'id state rowsDone orders refunds rejections { reason rows }'
/** Longer than the lease of an intake process that died while it received the file. */
const ATTEMPTS = 10

/**
 * Imports one file through the public intake. A broken transfer is sent again; the intake skips rows that are done.
 * @returns its counts, and the URL of its error file, which exists while rows failed
 */
export async function importFile(
  client: Client,
  fileName: string,
  content: Buffer,
  { accountId, mapping, currency, zone }: ImportOptions,
): Promise<ImportCounts & { errorFile: string }> {
  const sha256 = createHash('sha256').update(content).digest('hex')
  // The same file that is read in another way is another import.
  const job = createHash('sha256')
    .update(JSON.stringify([sha256, mapping, currency, zone]))
    .digest('hex')
  const idempotencyKey = `import:${accountId.slice(-12)}:${job.slice(0, 32)}`
  const input = { idempotencyKey, accountId, fileName, sha256, mapping, currency, zone }
  for (let attempt = 1; ; attempt++) {
    try {
      return await importOnce(client, input, content)
    } catch (error) {
      if (attempt === ATTEMPTS || !PASSES.test((error as Error).message)) throw error
    }
    await pause(attempt * 500)
  }
}

/** Errors of a part that is away for a moment, and of a connection that broke. */
const PASSES = /try again|broke off/

async function importOnce(client: Client, input: { fileName: string }, content: Buffer): Promise<ImportCounts & { errorFile: string }> {
  const { startOrderImport: started } = await client.query<{
    startOrderImport: { import: Counts; uploadPath: string; errorFilePath: string }
  }>(
    `mutation Start($input: StartOrderImportInput!) { startOrderImport(input: $input) { uploadPath errorFilePath import { ${FIELDS} } } }`,
    { input },
  )
  const errorFile = client.endpoints.intake + started.errorFilePath
  if (started.import.state === 'COMPLETED') return { ...counted(started.import), errorFile }
  const { statusCode, text } = await upload(client.endpoints.intake + started.uploadPath, content).catch((error: Error) => {
    throw new Error(`${input.fileName}: the transfer broke off: ${error.message}`, { cause: error })
  })
  if (statusCode !== 200) throw new Error(`${input.fileName}: ${statusCode < 500 ? '' : 'broke off: '}${text}`)
  const { orderImport } = await client.query<{ orderImport: Counts }>(`query Import($id: ID!) { orderImport(id: $id) { ${FIELDS} } }`, {
    id: started.import.id,
  })
  return { ...counted(orderImport), errorFile }
}

const counted = (counts: Counts): ImportCounts => ({
  ...counts,
  rejectedRows: counts.rejections.reduce((sum, { rows }) => sum + rows, 0),
})

async function upload(url: string, content: Buffer): Promise<{ statusCode: number; text: string }> {
  const timeouts = { headersTimeout: 600_000, bodyTimeout: 600_000 }
  const { statusCode, body } = await request(url, { method: 'PUT', headers: { 'content-type': 'text/csv' }, body: content, ...timeouts })
  return { statusCode, text: await body.text() }
}
