import { createHash } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { CSV_MAPPING } from '../../../demo/people.ts'
import { call, type Stage } from '../../bad-input/row.ts'
import { write } from '../../bad-input/stage.ts'

/** The upload path of an import's file, and its ticket. */
export type Import = { url: string; tenantId: string; importId: string; ticket: string }

/** Data that the victim made before, so that the victim's data need not change during attacks. */
export type Prepared = {
  import: Import
  /** The link to the file of a bulk operation. */
  file: URL
  /** Hash of a document that it has published. */
  hash: string
  /** Names of tag groups that it has made, by idempotency key. */
  keys: Record<string, string>
  clientId: string
}

export const KEYS = { same: `key-${newId()}`, other: `key-${newId()}` }

/** Starts a new import. */
export async function startImport({ whole }: Stage, credential: string, accountId: string): Promise<Import> {
  const sha256 = createHash('sha256').update(newId()).digest('hex')
  const { uploadPath } = await write<{ uploadPath: string }>(whole, credential, 'startOrderImport', 'StartOrderImportInput', 'uploadPath', {
    accountId,
    fileName: 'x.csv',
    sha256,
    mapping: CSV_MAPPING,
    currency: 'CNY',
    zone: 'Asia/Shanghai',
  })
  const url = new URL(uploadPath, whole.client.endpoints.intake)
  const [tenantId, importId] = url.pathname.split('/').slice(-2)
  return { url: url.origin, tenantId: tenantId!, importId: importId!, ticket: url.searchParams.get('ticket')! }
}

/** Runs a bulk query to its end. @returns the finished operation */
export async function runBulk({ whole }: Stage, credential: string, query: string): Promise<{ state: string; url: string | null }> {
  const input = { query }
  const { operation } = await write<{ operation: { id: string } }>(
    ...([whole, credential, 'runBulkQuery', 'RunBulkQueryInput', 'operation { id }', input] as const),
  )
  return eventually(async () => {
    const { text } = await call(whole.client.endpoints.graphql, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
      body: JSON.stringify({ query: 'query B($id: ID!) { bulkOperation(id: $id) { state errorCode url } }', variables: operation }),
    })
    const { bulkOperation: found } = (JSON.parse(text) as { data: { bulkOperation: { state: string; url: string | null } } }).data
    if (!['COMPLETED', 'FAILED'].includes(found.state)) throw new Error(text)
    return found
  })
}

/** @returns the link to a file of all customers */
export const makeFile = async (stage: Stage, credential: string): Promise<URL> =>
  new URL((await runBulk(stage, credential, '{ customers { nodes { id } } }')).url!)

export async function prepare(stage: Stage): Promise<Prepared> {
  const { whole, victim, theirs } = stage
  const make = <T>(field: string, type: string, selection: string, input: object) =>
    write<T>(whole, victim.key, field, type, selection, input)
  const body = `query V { tenant { id } } # ${newId()}`
  const hash = createHash('sha256').update(body).digest('hex')
  await make('publishDocuments', 'PublishDocumentsInput', 'added', { documents: [{ hash, body }] })
  for (const [name, idempotencyKey] of Object.entries(KEYS))
    await make('createTagGroup', 'CreateTagGroupInput', '__typename', { idempotencyKey, name: `theirs-${name}` })
  const { text } = await call(whole.client.endpoints.graphql, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${victim.key}` },
    body: JSON.stringify({ query: '{ apiClients(first: 1) { nodes { id } } }' }),
  })
  const { data } = JSON.parse(text) as { data: { apiClients: { nodes: { id: string }[] } } }
  const [file, started] = [await makeFile(stage, victim.key), await startImport(stage, victim.key, theirs.accountId)]
  return { file, hash, keys: KEYS, import: started, clientId: data.apiClients.nodes[0]!.id }
}
