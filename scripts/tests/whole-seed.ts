import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { request } from 'undici'
import { afterAll, beforeAll, expect } from 'vitest'
import { startWhole, type Whole } from './whole.ts'

export type Answer = {
  status: number
  body: {
    data?: Record<string, never> | null
    errors?: { message: string; path?: string[]; extensions: { code: string } }[]
    extensions?: { idempotentReplay?: boolean }
  }
}

let keys = 0
/** A fresh idempotency key. */
export const key = () => `whole-test-${++keys}`
export const codes = ({ body }: Answer) => body.errors?.map((error) => error.extensions.code).join()

/** Starts a whole platform for the calling file and returns functions that tests share. */
export function wholeSeed() {
  let whole: Whole
  beforeAll(async () => {
    whole = await startWhole()
  })
  afterAll(() => whole.stop())

  async function post(body: unknown, headers: Record<string, string> = {}, raw = false, url?: string): Promise<Answer> {
    const answer = await request(url ?? whole.client.endpoints.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await whole.client.token()}`, ...headers },
      body: raw ? (body as string) : JSON.stringify(body),
    })
    return { status: answer.statusCode, body: (await answer.body.json()) as Answer['body'] }
  }
  const ask = (query: string, variables?: object, headers?: Record<string, string>) => post({ query, variables }, headers)

  async function createSource() {
    const { createEventSource } = await whole.client.query<{
      createEventSource: { account: { id: string; callbackPath: string }; secret: string }
    }>('mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id callbackPath } secret } }', {
      input: { idempotencyKey: key(), name: newId(), channel: 'WEB' },
    })
    return createEventSource
  }

  async function createClient(scopes: string[], kind: 'OWN' | 'PARTNER'): Promise<{ client: { id: string }; key: string }> {
    const { createApiClient } = await whole.client.query<{ createApiClient: { client: { id: string }; key: string } }>(
      'mutation C($input: CreateApiClientInput!) { createApiClient(input: $input) { client { id } key } }',
      { input: { idempotencyKey: key(), name: 'test', kind, scopes } },
    )
    return createApiClient
  }
  const createKey = async (scopes: string[]) => (await createClient(scopes, 'OWN')).key

  /** Adds a new person, of whom a source reports one page view. */
  async function meet(login: string, phone?: string): Promise<{ id: string; profiles: { id: string }[] }> {
    const { account } = await createSource()
    const identifiers = [{ namespace: 'login', value: login }, ...(phone ? [{ namespace: 'phone', value: phone, isVerified: true }] : [])]
    await whole.client.query('mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted } }', {
      input: {
        accountId: account.id,
        events: [{ messageId: newId(), type: 'page_view', occurredAt: new Date().toISOString(), identifiers }],
      },
    })
    return eventually(async () => {
      const { customerByIdentifier } = await whole.client.query<{
        customerByIdentifier: { id: string; profiles: { nodes: { id: string }[] }; touchpoints: { nodes: unknown[] } } | null
      }>(
        'query C($login: String!) { customerByIdentifier(namespace: "login", value: $login) { id profiles { nodes { id } } touchpoints { nodes { id } } } }',
        { login },
      )
      expect(customerByIdentifier?.touchpoints.nodes.length).toBeGreaterThan(0)
      return { ...customerByIdentifier!, profiles: customerByIdentifier!.profiles.nodes }
    })
  }
  return {
    get whole() {
      return whole
    },
    post,
    ask,
    createSource,
    createClient,
    createKey,
    meet,
  }
}
