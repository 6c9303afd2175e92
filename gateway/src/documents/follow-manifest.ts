import { readFile } from 'node:fs/promises'
import type { Log } from '@renmai/platform/serve/log'
import { z } from 'zod'
import { hashOf } from './documents.ts'
import { LIMITS } from './limits.ts'

/** The operator's own documents, which every tenant's staff and own clients may use. */
export type Manifest = {
  /** The text of a document, by its SHA-256 in hex. */
  find: (hash: string) => string | undefined
  stop: () => void
}

/** A mounted ConfigMap changes within a minute; reading the file costs less than a request. */
const POLL_MS = 5_000
const MAX_DOCUMENTS = 10_000
const MAX_TOTAL = 32 * 1024 ** 2

const Body = z.string().min(1).max(LIMITS.bodyBytes)
/** The manifest of `@apollo/generate-persisted-query-manifest`, or that of relay-compiler: text by its hash. */
const Schema = z.union([
  z.object({ operations: z.array(z.object({ id: z.string(), body: Body })) }).transform(({ operations }) => operations),
  z.record(z.string(), Body).transform((byHash) => Object.entries(byHash).map(([id, body]) => ({ id, body }))),
])

const NONE: Manifest = { find: () => undefined, stop: () => undefined }

/**
 * Follows a manifest of trusted documents: it is read at the start, and again when it changes, without a restart. A file that is wrong
 * changes nothing and is logged. It is polled like the composed schema.
 * @throws Error when the first manifest cannot be read
 */
export async function followManifest(file: string | undefined, log: Log, pollMs = POLL_MS): Promise<Manifest> {
  if (!file) return NONE
  let text = await readFile(file, 'utf8')
  let byHash = parseManifest(text)
  log.info({ documents: byHash.size }, 'the manifest of trusted documents is used')
  const look = async () => {
    const next = await readFile(file, 'utf8')
    if (next === text) return
    text = next
    byHash = parseManifest(next)
    log.info({ documents: byHash.size }, 'the manifest of trusted documents is used')
  }
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    look()
      .catch((error: Error) => log.error({ reason: error.message }, 'the manifest cannot be read; the one before is used on'))
      .finally(() => (isLooking = false))
  }, pollMs).unref()
  return { find: (hash) => byHash.get(hash), stop: () => clearInterval(timer) }
}

/** @throws Error that names the first document that is wrong */
export function parseManifest(text: string): ReadonlyMap<string, string> {
  if (text.length > MAX_TOTAL) throw new Error(`The manifest is longer than ${MAX_TOTAL} characters`)
  const read = Schema.safeParse(JSON.parse(text))
  if (!read.success) throw new Error('The manifest is neither of Apollo nor of Relay: { operations: [{ id, body }] } or { hash: text }')
  if (read.data.length > MAX_DOCUMENTS) throw new Error(`The manifest has more than ${MAX_DOCUMENTS} documents`)
  return new Map(
    read.data.map(({ id, body }) => {
      const hash = id.replace(/^sha256:/, '').toLowerCase()
      if (hash !== hashOf(body)) throw new Error(`${id} is not the SHA-256 of its text in hex`)
      return [hash, body]
    }),
  )
}
