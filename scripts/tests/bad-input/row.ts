import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@renmai/platform/serve/ids'
import { request } from 'undici'
import type { Whole } from '../whole.ts'

/** The answer to one bad input. */
export type Answered = { status: number; codes: string; text: string; headers: Record<string, unknown> }

/** One bad input of the catalogue: how it is sent, and the expected answer. */
export type Row<S extends Stage = Stage> = {
  id: string
  what: string
  send: (stage: S) => Promise<Answered>
  status: number | number[]
  code?: RegExp
  /** A pattern for the body; with a negative lookahead, text that it must not hold. */
  text?: RegExp
}

export type Source = { id: string; url: string; secret: string; callbackPath: string }
export type Stage = {
  whole: Whole
  /** A key of our own tenant with every scope, so that no row depends on the token's age. */
  key: string
  /** Ids of another tenant's customer, profile, tag group, segment and account. */
  theirs: { customerId: string; profileId: string; groupId: string; accountId: string }
  /** The other tenant, and a key of it with every scope. */
  victim: { tenantId: string; key: string }
  source: Source
  /** Callback paths of our own WeCom and Youzan accounts. */
  paths: { wecom: string; youzan: string }
}

/** A header with several values is sent once per value. */
export type Headers = Record<string, string | string[]>
type Options = { headers?: Headers; method?: string; body?: string | Buffer }

const ATTEMPTS = 20

export async function call(url: string, { headers = {}, method = 'POST', body }: Options = {}): Promise<Answered> {
  const attempt = () => request(url, { method: method as 'POST', headers, ...(body === undefined ? {} : { body }) })
  const answer = await again(attempt)
  const text = await answer.body.text()
  return { status: answer.statusCode, codes: codesOf(text), text, headers: answer.headers }
}

/** A server that refuses a body by its length closes before all of it is sent; the answer may be lost. */
async function again<T>(attempt: () => Promise<T>): Promise<T> {
  for (let no = 1; ; no++) {
    try {
      return await attempt()
    } catch (error) {
      if (no === ATTEMPTS || !['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET'].includes((error as { code?: string }).code ?? '')) throw error
      await sleep(50 * no)
    }
  }
}

function codesOf(text: string): string {
  try {
    const { errors, error } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[]; error?: { code: string } }
    return error?.code ?? (errors ?? []).map((one) => one.extensions?.code ?? 'NONE').join()
  } catch {
    return 'NOT_JSON'
  }
}

/** Sends an operation, or any other body, to the endpoint. */
export const post = ({ whole, key }: Stage, body: unknown, headers: Headers = {}) =>
  call(whole.client.endpoints.graphql, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  })

export const ask = (stage: Stage, query: string, variables?: unknown) => post(stage, { query, variables })

/** Sends a mutation with an input and a fresh idempotency key, selecting only the type. */
export const write = (stage: Stage, field: string, type: string, input: object) =>
  ask(stage, `mutation M($input: ${type}!) { ${field}(input: $input) { __typename } }`, { input: { idempotencyKey: newId(), ...input } })

export const times = (count: number, make: (no: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, no) => make(no)).join(between)
