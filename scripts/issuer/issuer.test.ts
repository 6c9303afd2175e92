import { createHash, randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { freePort } from '@renmai/platform/testing/processes'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { APP, AUDIENCE, EXPLORER } from './clients.ts'
import { createIssuer } from './create-issuer.ts'
import { accountOf, type Person } from './people.ts'

const [HOME, OTHER] = ['0199f000-0000-7000-8000-000000000001', '0199f000-0000-7000-8000-000000000002']
const REDIRECT = 'http://localhost:5173/callback'
const people: Person[] = [
  { tenantId: HOME, tenant: 'Home', subject: 'dev-owner', name: 'Owner', roles: ['OWNER'] },
  { tenantId: OTHER, tenant: 'Other <b>', subject: 'alice', name: '王 "Alice"', roles: ['OWNER'] },
]
const alice = accountOf(people[1]!)

let [server, issuer]: [Server, string] = [] as never
beforeAll(async () => {
  const port = await freePort()
  issuer = `http://127.0.0.1:${port}`
  const redirectUris = { [EXPLORER]: ['http://127.0.0.1:4000/'], [APP]: [REDIRECT] }
  const login = { clientId: 'dev-owner', clientSecret: 'a secret', tenantId: HOME }
  server = await createIssuer({ issuer, login, redirectUris, people: async () => people })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  expect((server.address() as AddressInfo).port).toBe(port)
})
afterAll(() => server.close())

/** A browser: it keeps cookies and follows no redirect by itself. */
function browser() {
  const cookies = new Map<string, string>()
  return async (url: string | URL, init: { method?: string; body?: URLSearchParams } = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(new URL(url, issuer), { ...init, redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return answer
  }
}

const verifier = randomBytes(32).toString('base64url')
const asked = {
  client_id: APP,
  redirect_uri: REDIRECT,
  response_type: 'code',
  scope: 'openid profile',
  state: 'the-state',
  nonce: 'the-nonce',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
}
const authorizeUrl = (more: Record<string, string> = {}) => `/auth?${new URLSearchParams({ ...asked, ...more })}`

/** Signs in, by a click unless a person is hinted at; resolves to the parameters that the application gets. */
async function signIn(more: Record<string, string> = {}, send = browser()): Promise<URLSearchParams> {
  let answer = await send(authorizeUrl(more))
  for (let steps = 0; steps < 6; steps++) {
    const to = answer.headers.get('location')
    if (to?.startsWith(REDIRECT)) return new URL(to).searchParams
    if (to) {
      const shown = await send(to)
      const isPage = shown.status === 200
      answer = isPage ? await send(to, { method: 'POST', body: new URLSearchParams({ who: alice }) }) : shown
    }
  }
  throw new Error(`did not come back: ${answer.status} ${await answer.text()}`)
}

const exchange = (more: Record<string, string>) =>
  fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: APP,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      ...more,
    }),
  })
const codeOf = async (more?: Record<string, string>) => (await signIn(more)).get('code')!

describe('the authorization code flow', () => {
  it('is described by the discovery document, with S256 as the only method', async () => {
    const metadata = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<string, unknown>
    expect(metadata).toMatchObject({
      issuer,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
    })
  })

  it('shows everybody who may sign in, as text, and gives a token of the person who was clicked', async () => {
    const send = browser()
    const page = await (await send((await send(authorizeUrl())).headers.get('location')!)).text()
    expect(page).toContain(`value="${accountOf(people[0]!)}"`)
    expect(page).toContain('Other &lt;b&gt;')
    expect(page).toContain('王 &quot;Alice&quot;')
    const back = await signIn()
    expect([back.get('state'), back.get('iss')]).toEqual(['the-state', issuer])
    const tokens = (await (await exchange({ code: back.get('code')! })).json()) as {
      access_token: string
      id_token: string
      expires_in: number
    }
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`))
    const { payload } = await jwtVerify(tokens.access_token, keys, { issuer, audience: AUDIENCE, typ: 'at+jwt' })
    expect(payload).toMatchObject({ sub: 'alice', tid: OTHER, client_id: APP })
    expect(decodeJwt(tokens.id_token)).toMatchObject({ sub: alice, tid: OTHER, name: '王 "Alice"', nonce: 'the-nonce', aud: APP })
  })

  it('takes a code once', async () => {
    const code = await codeOf()
    expect((await exchange({ code })).status).toBe(200)
    const again = await exchange({ code })
    expect([again.status, await again.json()]).toMatchObject([400, { error: 'invalid_grant' }])
  })

  it.each([
    ['another verifier', { code_verifier: randomBytes(32).toString('base64url') }, 'invalid_grant'],
    ['no verifier', { code_verifier: '' }, 'invalid_grant'],
    ['another address', { redirect_uri: `${REDIRECT}/` }, 'invalid_grant'],
    ['another client', { client_id: EXPLORER }, 'invalid_grant'],
  ])('refuses a code with %s', async (_what, more, error) => {
    const answer = await exchange({ code: await codeOf(), ...more })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error }])
  })

  it.each([
    ['the method plain', { code_challenge_method: 'plain' }],
    ['no challenge', { code_challenge: '', code_challenge_method: '' }],
    ['the implicit flow', { response_type: 'id_token' }],
  ])('refuses a request with %s', async (_what, more) => {
    const back = new URL((await browser()(authorizeUrl(more))).headers.get('location')!, issuer)
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT)
    expect(`${back.search}${back.hash}`).toMatch(/error=(invalid_request|unauthorized_client|unsupported_response_type)/)
    expect(`${back.search}${back.hash}`).not.toContain('code=')
  })

  it.each([
    'http://localhost:5173/callback/',
    'http://localhost:5174/callback',
    'http://localhost:5173/callback?x=1',
    'http://evil.example/callback',
  ])('sends nobody to %s', async (uri) => {
    const answer = await browser()(authorizeUrl({ redirect_uri: uri }))
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  it('lets pages of the application read tokens, and no other page', async () => {
    const from = async (origin: string) => {
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: APP,
        redirect_uri: REDIRECT,
        code_verifier: verifier,
        code: await codeOf(),
      })
      return (await fetch(`${issuer}/token`, { method: 'POST', headers: { origin }, body })).headers.get('access-control-allow-origin')
    }
    expect(await from('http://localhost:5173')).toBe('http://localhost:5173')
    expect(await from('http://evil.example')).toBeNull()
  })

  it('signs in without a click the person whom the application hints at, unless it requests the page', async () => {
    const send = browser()
    const first = await send((await send(authorizeUrl({ login_hint: alice }))).headers.get('location')!)
    expect(first.status).toBe(303)
    const page = await send((await send(authorizeUrl({ login_hint: alice, prompt: 'login' }))).headers.get('location')!)
    expect(page.status).toBe(200)
  })

  it('renews a token, as the same person', async () => {
    const first = (await (await exchange({ code: await codeOf() })).json()) as { refresh_token: string }
    const renewed = await exchange({ grant_type: 'refresh_token', refresh_token: first.refresh_token })
    expect(decodeJwt(((await renewed.json()) as { access_token: string }).access_token)).toMatchObject({ sub: 'alice', tid: OTHER })
  })
})

describe('client credentials', () => {
  const request = async (more: Record<string, string> = {}) => {
    const authorization = `Basic ${Buffer.from('dev-owner:a secret').toString('base64')}`
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...more })
    const answer = await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization }, body })
    return (await answer.json()) as { access_token: string; error?: string }
  }

  it('give a token of the login in its tenant, and of the owner in a tenant that is named', async () => {
    expect(decodeJwt((await request()).access_token)).toMatchObject({ sub: 'dev-owner', tid: HOME })
    expect(decodeJwt((await request({ tenant: OTHER })).access_token)).toMatchObject({ sub: 'alice', tid: OTHER })
    expect(await request({ tenant: 'nowhere' })).toMatchObject({ error: 'invalid_request' })
  })
})
