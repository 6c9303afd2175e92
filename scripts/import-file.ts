import { createHash } from 'node:crypto'
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
const ATTEMPTS = 5

/**
 * Imports one file through the public intake. A transfer that breaks is sent again; what is done is passed over there.
 * @returns its counts, and where its error file is while it has one
 */
export async function importFile(
  client: Client,
  fileName: string,
  content: Buffer,
  { accountId, mapping, currency, zone }: ImportOptions,
): Promise<ImportCounts & { errorFile: string }> {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const input = {
    idempotencyKey: `import:${accountId.slice(-12)}:${sha256.slice(0, 32)}`,
    accountId,
    fileName,
    sha256,
    mapping,
    currency,
    zone,
  }
  for (let attempt = 1; ; attempt++) {
    const { startOrderImport: started } = await client.query<{
      startOrderImport: { import: ImportCounts; uploadPath: string; errorFilePath: string }
    }>(
      `mutation Start($input: StartOrderImportInput!) { startOrderImport(input: $input) { uploadPath errorFilePath import { ${FIELDS} } } }`,
      { input },
    )
    const errorFile = client.endpoints.intake + started.errorFilePath
    if (started.import.state === 'COMPLETED') return { ...started.import, errorFile }
    const { statusCode, body } = await request(client.endpoints.intake + started.uploadPath, {
      method: 'PUT',
      headers: { 'content-type': 'text/csv' },
      body: content,
      headersTimeout: 600_000,
      bodyTimeout: 600_000,
    })
    const answer = await body.text()
    if (statusCode !== 200 && (statusCode < 500 || attempt === ATTEMPTS)) throw new Error(`${fileName}: ${answer}`)
    if (statusCode === 200) {
      const { orderImport } = await client.query<{ orderImport: ImportCounts }>(
        `query Import($id: ID!) { orderImport(id: $id) { ${FIELDS} } }`,
        { id: started.import.id },
      )
      return { ...orderImport, errorFile }
    }
  }
}
