import type { TypedDocumentString } from './gen/graphql.ts'
export type RenmaiOptions = {
  /** Where partners ask, such as https://api.example.com/public/graphql. */
  endpoint: string
  /** An API key, or what gives a current access token. */
  credential: string | (() => Promise<string>)
  /** How often a request is tried again, at most; 4 when not given. */
  retries?: number
  /** How long to wait for an answer; 30,000 ms when not given. */
  timeoutMs?: number
  fetch?: typeof fetch
}
export type Renmai = {
  /**
   * Carries out one operation. What fails in passing is tried again: queries always, mutations under the same idempotency
   * key, which they get where they have none, so that whatever happens on the way has its effect once.
   * @throws RenmaiError with the codes of the errors, also when only a part could not be answered
   */
  request: <Result, Variables>(document: TypedDocumentString<Result, Variables>, ...variables: Given<Variables>) => Promise<Result>
}
type Keyed<V> = V extends {
  input: infer Input
}
  ? {
      input: Omit<Input, 'idempotencyKey'> & {
        idempotencyKey?: string
      }
    }
  : V
type Given<V> = Record<string, never> extends V ? [variables?: Keyed<V>] : [variables: Keyed<V>]
/** A client of the public schema. */
export declare function createRenmai({ endpoint, credential, retries, timeoutMs, fetch: ask }: RenmaiOptions): Renmai
export {}
