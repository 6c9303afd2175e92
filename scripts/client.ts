import { request } from 'undici'
import type { Endpoints } from './stack/endpoints.ts'
import type { Secrets } from './stack/secrets.ts'

/** A client of a running platform, through its one endpoint. */
export type Client = {
  /** Runs an operation. @throws Error with the messages of its errors */
  query: <T = Record<string, never>>(document: string, variables?: Record<string, unknown>) => Promise<T>
  token: () => Promise<string>
  simulate: (path: string, body?: object) => Promise<Record<string, unknown>>
  endpoints: Endpoints
}

const RENEW_AFTER_MS = 8 * 60_000

/**
 * Signs in as the development login, by client credentials; the token is renewed as it ages.
 * @param tenantId a tenant to enter as its owner; without it, the demo's
 */
export function createClient(
  endpoints: Endpoints,
  secrets: Pick<Secrets, 'loginClientId' | 'loginClientSecret'>,
  tenantId?: string,
): Client {
  let held: { token: string; at: number } | undefined
  const token = async () => {
    if (!held || held.at < Date.now() - RENEW_AFTER_MS) held = { token: await login(endpoints, secrets, tenantId), at: Date.now() }
    return held.token
  }
  return {
    endpoints,
    token,
    query: queryAs(endpoints, token),
    simulate: async (path, payload) => {
      const options = payload
        ? { method: 'POST' as const, headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload) }
        : {}
      const { body } = await request(`${endpoints.simulator}/_sim/${path}`, { ...options, headersTimeout: 60_000 })
      return (await body.json()) as Record<string, unknown>
    },
  }
}

/** Sends operations with a token or a key. */
export function queryAs({ graphql }: Pick<Endpoints, 'graphql'>, token: () => Promise<string>): Client['query'] {
  return async (document, variables = {}) => {
    const { body } = await request(graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
      body: JSON.stringify({ query: document, variables }),
      headersTimeout: 60_000,
    })
    const { data, errors } = (await body.json()) as { data?: never; errors?: { message: string; path?: string[] }[] }
    if (errors?.length) throw new Error(errors.map(({ message, path }) => `${path ? `${path.join('.')}: ` : ''}${message}`).join('; '))
    return data as never
  }
}

async function login(
  { issuer }: Endpoints,
  { loginClientId, loginClientSecret }: Pick<Secrets, 'loginClientId' | 'loginClientSecret'>,
  tenantId?: string,
): Promise<string> {
  const basic = Buffer.from(`${loginClientId}:${loginClientSecret}`).toString('base64')
  const { body } = await request(`${issuer}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}` },
    body: String(new URLSearchParams({ grant_type: 'client_credentials', ...(tenantId ? { tenant: tenantId } : {}) })),
  })
  const answer = (await body.json()) as { access_token?: string; error_description?: string }
  if (!answer.access_token) throw new Error(`The development login failed: ${answer.error_description}`)
  return answer.access_token
}
