import { createHash } from 'node:crypto'
import { pause } from '@renmai/platform/serve/clock'
import { request } from 'undici'
import type { Client } from './client.ts'

export type ImportOptions = { accountId: string; mapping: object; currency: string; zone: string }
export type ImportCounts = {
  id: string
  state: string
  rowsDone: number
  orders: number
  refunds: number
  rejectedRows: number
  rejections: { reason: string; rows: number }[]
}

const FIELDS = 'id state rowsDone orders refunds rejectedRows rejections { reason rows }'
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
  const idempotencyKey = `import:${accountId.slice(-12)}:${sha256.slice(0, 32)}`
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
    startOrderImport: { import: ImportCounts; uploadPath: string; errorFilePath: string }
  }>(
    `mutation Start($input: StartOrderImportInput!) { startOrderImport(input: $input) { uploadPath errorFilePath import { ${FIELDS} } } }`,
    { input },
  )
  const errorFile = client.endpoints.intake + started.errorFilePath
  if (started.import.state === 'COMPLETED') return { ...started.import, errorFile }
  const { statusCode, text } = await upload(client.endpoints.intake + started.uploadPath, content).catch((error: Error) => {
    throw new Error(`${input.fileName}: the transfer broke off: ${error.message}`, { cause: error })
  })
  if (statusCode !== 200) throw new Error(`${input.fileName}: ${statusCode < 500 ? '' : 'broke off: '}${text}`)
  const { orderImport } = await client.query<{ orderImport: ImportCounts }>(
    `query Import($id: ID!) { orderImport(id: $id) { ${FIELDS} } }`,
    { id: started.import.id },
  )
  return { ...orderImport, errorFile }
}

async function upload(url: string, content: Buffer): Promise<{ statusCode: number; text: string }> {
  const timeouts = { headersTimeout: 600_000, bodyTimeout: 600_000 }
  const { statusCode, body } = await request(url, { method: 'PUT', headers: { 'content-type': 'text/csv' }, body: content, ...timeouts })
  return { statusCode, text: await body.text() }
}
