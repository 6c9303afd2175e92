import { RenmaiError, type RenmaiErrorDetail } from './error.ts'
import type { TypedDocumentString } from './gen/graphql.ts'

export type RenmaiOptions = {
  /** URL of the public schema, such as https://api.example.com/public/graphql. */
  endpoint: string
  /** An API key, or a function that returns a current access token. */
  credential: string | (() => Promise<string>)
  /** How often a request is retried, at most; 4 when not given. */
  retries?: number
  /** How long to wait for an answer; 30,000 ms when not given. */
  timeoutMs?: number
  fetch?: typeof fetch
}

export type Renmai = {
  /**
   * Carries out one operation. Transient failures are retried: queries always, mutations under the same idempotency key. A mutation
   * without a key gets one, so that it takes effect once, also when an answer is lost.
   * @throws RenmaiError with the codes of the errors, also when only a part could not be answered
   */
  request: <Result, Variables>(document: TypedDocumentString<Result, Variables>, ...variables: Given<Variables>) => Promise<Result>
}

type Keyed<V> = V extends { input: infer Input } ? { input: Omit<Input, 'idempotencyKey'> & { idempotencyKey?: string } } : V
type Given<V> = Record<string, never> extends V ? [variables?: Keyed<V>] : [variables: Keyed<V>]
type Answer = { data?: unknown; errors?: { message: string; path?: (string | number)[]; extensions?: Partial<RenmaiErrorDetail> }[] }
type Outcome = { answer: Answer } | { failure: Error; isPassing: boolean; waitMs: number | undefined }

const PASSING = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'STORAGE_UNAVAILABLE', 'TIMEOUT'])
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [250, 30_000]

/** A client of the public schema. */
export function createRenmai({ endpoint, credential, retries = 4, timeoutMs = 30_000, fetch: ask = fetch }: RenmaiOptions): Renmai {
  const send = async (body: string): Promise<Outcome> => {
    const token = typeof credential === 'string' ? credential : await credential()
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json', authorization: `Bearer ${token}` }
    try {
      const response = await ask(endpoint, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })
      return await read(response)
    } catch (error) {
      const failure = new RenmaiError([{ message: String((error as Error).message), code: 'UNREACHABLE' }], undefined, { cause: error })
      return { failure, isPassing: true, waitMs: undefined }
    }
  }
  return {
    request: async (document, ...[variables]) => {
      const body = JSON.stringify({ query: document.toString(), variables: withKey(variables) })
      for (let attempt = 1; ; attempt++) {
        const outcome = await send(body)
        if ('answer' in outcome) return outcome.answer.data as never
        if (!outcome.isPassing || attempt > retries) throw outcome.failure
        await pause(outcome.waitMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random()))
      }
    },
  }
}

/** The key is made before the first attempt, so that every attempt has the same one. */
function withKey(variables: unknown): unknown {
  const input = (variables as { input?: { idempotencyKey?: string } } | undefined)?.input
  return input && !input.idempotencyKey ? { ...(variables as object), input: { ...input, idempotencyKey: crypto.randomUUID() } } : variables
}

async function read(response: Response): Promise<Outcome> {
  const answer = (await response.json().catch(() => undefined)) as Answer | undefined
  const wrong = userErrorsOf(answer?.data)
  if (answer && !answer.errors && answer.data !== undefined && wrong.length === 0) return { answer }
  const told = (answer?.errors ?? []).map(({ message, path, extensions }) => ({
    code: 'UNKNOWN',
    ...extensions,
    message,
    ...(path && { path }),
  }))
  const details = [...told, ...wrong]
  const failure = new RenmaiError(details.length > 0 ? details : [{ message: `HTTP ${response.status}`, code: 'UNKNOWN' }], answer?.data)
  const isPassing = details.length > 0 ? details.every(({ code }) => PASSING.has(code)) : response.status >= 502
  const wanted = Number(response.headers.get('retry-after'))
  return { failure, isPassing, waitMs: wanted > 0 ? Math.min(wanted * 1_000, LONGEST_WAIT_MS) : undefined }
}

type UserErrorFields = {
  message: string
  code: string
  field?: readonly string[] | null
  parameters?: readonly { name: string; value: string }[]
}
type UserErrors = { userErrors?: UserErrorFields[] }

/** Errors in the payloads of mutations that the caller can fix. They are thrown like any other error. */
function userErrorsOf(data: unknown): RenmaiErrorDetail[] {
  return Object.entries((data ?? {}) as Record<string, UserErrors | null>).flatMap(([name, payload]) =>
    (payload?.userErrors ?? []).map(({ message, code, field, parameters }) => ({
      message,
      code,
      path: [name],
      ...(field ? { fields: { [field.join('.')]: message } } : {}),
      ...(parameters && { parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])) }),
    })),
  )
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
