import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'undici'
import { z } from 'zod'
import { createClient } from '../client.ts'
import { readSecrets } from '../stack/secrets.ts'
import { requireState } from '../stack/state.ts'

export type PublishOptions = { endpoint?: string }

type Answer = { data?: { publishDocuments: { added: number; known: number } } | null; errors?: { message: string }[] }
type Ask = (input: object) => Promise<{ added: number; known: number }>

const PER_CALL = 100
/** Bytes of documents per request: a request may have 256 KiB, and JSON escapes need room. */
const BYTES_PER_CALL = 128 * 1024
const MUTATION = 'mutation P($input: PublishDocumentsInput!) { publishDocuments(input: $input) { added known } }'

/** The manifest of @apollo/generate-persisted-query-manifest, or the flat form of other generators: text by its hash. */
const Manifest = z.union([
  z.object({ operations: z.array(z.object({ id: z.string(), name: z.string().optional(), body: z.string() })) }),
  z.record(z.string(), z.string()).transform((byHash) => ({
    operations: Object.entries(byHash).map(([id, body]) => ({ id, name: undefined, body })),
  })),
])

/** Publishes the documents of a manifest: to the local platform, or to another one with the key in RENMAI_API_KEY. */
export async function publishDocuments(path: string, { endpoint }: PublishOptions): Promise<void> {
  const { operations } = Manifest.parse(JSON.parse(readFileSync(path, 'utf8')))
  const documents = operations.map(({ id, name, body }) => ({ hash: id.replace(/^sha256:/, ''), name, body }))
  const publish = endpoint ? askWithKey(endpoint) : await askHere()
  const total = { added: 0, known: 0 }
  for (const some of chunk(documents)) {
    // Publishing the same manifest again repeats the same call.
    const digest = createHash('sha256').update(JSON.stringify(some)).digest('hex').slice(0, 40)
    const { added, known } = await publish({
      idempotencyKey: `documents:${digest}:${new Date().toISOString().slice(0, 10)}`,
      documents: some,
    })
    total.added += added
    total.known += known
  }
  process.stdout.write(`${total.added} documents are trusted now, ${total.known} were already\n`)
}

function chunk<T extends { body: string }>(documents: readonly T[]): T[][] {
  const chunks: T[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const one of documents) {
    const last = chunks.at(-1)
    bytes += Buffer.byteLength(one.body)
    if (last && last.length < PER_CALL && bytes <= BYTES_PER_CALL) last.push(one)
    else {
      chunks.push([one])
      bytes = Buffer.byteLength(one.body)
    }
  }
  return chunks
}

async function askHere(): Promise<Ask> {
  const client = createClient(requireState().endpoints, readSecrets())
  return async (input) => (await client.query<NonNullable<Answer['data']>>(MUTATION, { input })).publishDocuments
}

function askWithKey(endpoint: string): Ask {
  const key = process.env.RENMAI_API_KEY
  if (!key) throw new Error('Set RENMAI_API_KEY to the key of an own API client with the scope documents:write.')
  return async (input) => {
    const { body } = await request(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: MUTATION, variables: { input } }),
      headersTimeout: 30_000,
    })
    const { data, errors } = (await body.json()) as Answer
    if (!data) throw new Error(errors?.map(({ message }) => message).join('; ') ?? 'There was no answer')
    return data.publishDocuments
  }
}
