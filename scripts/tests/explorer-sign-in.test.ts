import type { Server } from 'node:http'
import { freePort } from '@renmai/platform/testing/processes'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { APP, EXPLORER } from '../issuer/clients.ts'
import { createIssuer } from '../issuer/create-issuer.ts'
import { accountOf, type Person } from '../issuer/people.ts'
import { ROOT } from '../stack/paths.ts'

/** The explorer's program, which the browser loads as it is. Node has the same fetch, URL and crypto. */
type Page = {
  url: string
  storage: Storage
  fetch: typeof fetch
  now: () => number
  go: (url: string) => void
  replace: (url: string) => void
}
type SignIn = {
  beginSignIn: (provider: object, page: Page, isAnother?: boolean) => Promise<void>
  finishSignIn: (provider: object, page: Page) => Promise<boolean>
  currentToken: (provider: object, page: Page) => Promise<string | undefined>
  isSignedIn: (page: Page) => boolean
}

const EXPLORER_URL = 'http://127.0.0.1:4000/'
const owner: Person = {
  tenantId: '0199f000-0000-7000-8000-000000000001',
  tenant: 'Home',
  subject: 'dev-owner',
  name: 'Owner',
  roles: ['OWNER'],
}

let [server, issuer, signIn]: [Server, string, SignIn] = [] as never
beforeAll(async () => {
  const port = await freePort()
  issuer = `http://127.0.0.1:${port}`
  const login = { clientId: 'dev-owner', clientSecret: 'a secret', tenantId: owner.tenantId }
  server = await createIssuer({ issuer, login, redirectUris: { [EXPLORER]: [EXPLORER_URL], [APP]: [] }, people: async () => [owner] })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  signIn = (await import(`${ROOT}gateway/explorer/sign-in.js`)) as SignIn
})
afterAll(() => server.close())

const providerOf = () => ({
  issuer,
  authorizationEndpoint: `${issuer}/auth`,
  tokenEndpoint: `${issuer}/token`,
  namesIssuer: true,
  clientId: EXPLORER,
  scope: 'openid profile',
  params: String(new URLSearchParams({ login_hint: accountOf(owner) })),
})

function createPage() {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as Storage
  const state = { gone: '', time: Date.now(), posts: [] as string[] }
  const page: Page = {
    url: EXPLORER_URL,
    storage,
    fetch: (url, init) => {
      state.posts.push(String(init?.body))
      return fetch(url, init)
    },
    now: () => state.time,
    go: (url) => void (state.gone = url),
    replace: (url) => void (page.url = url),
  }
  return { page, state }
}

/** Follows the redirects of the provider, with its cookies, as far as the explorer. */
async function follow(from: string): Promise<string> {
  const cookies = new Map<string, string>()
  let at = from
  for (let steps = 0; steps < 6 && !at.startsWith(EXPLORER_URL); steps++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) cookies.set(line.slice(0, line.indexOf('=')), /=([^;]*)/.exec(line)![1]!)
    at = new URL(answer.headers.get('location') ?? 'about:blank', at).href
  }
  return at
}

async function signedIn() {
  const { page, state } = createPage()
  await signIn.beginSignIn(providerOf(), page)
  page.url = await follow(state.gone)
  return { page, state }
}

describe('the sign-in of the explorer', () => {
  it('gets a token of the development login with one click, and removes the code from the address', async () => {
    const { page } = await signedIn()
    expect(await signIn.finishSignIn(providerOf(), page)).toBe(true)
    expect(page.url).toBe(EXPLORER_URL)
    expect(decodeJwt((await signIn.currentToken(providerOf(), page))!)).toMatchObject({ sub: 'dev-owner', tid: owner.tenantId })
  })

  it('does nothing on a page without an answer', async () => {
    const { page } = createPage()
    expect(await signIn.finishSignIn(providerOf(), page)).toBe(false)
    expect(signIn.isSignedIn(page)).toBe(false)
  })

  it.each([
    ['a state that this tab did not make', (url: URL) => url.searchParams.set('state', 'another'), 'not begun here'],
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example'), 'another identity provider'],
    ['no issuer where the provider names itself', (url: URL) => url.searchParams.delete('iss'), 'another identity provider'],
    ['an error', (url: URL) => url.searchParams.set('error', 'access_denied'), 'access_denied'],
    ['a code that was used', (url: URL) => url.searchParams.set('code', 'used'), 'invalid_grant'],
  ])('refuses an answer with %s', async (_what, change, message) => {
    const { page } = await signedIn()
    const url = new URL(page.url)
    change(url)
    page.url = url.href
    await expect(signIn.finishSignIn(providerOf(), page)).rejects.toThrow(message)
    expect([signIn.isSignedIn(page), page.url]).toEqual([false, EXPLORER_URL])
  })

  it('refuses an id token of another sign-in', async () => {
    const { page } = await signedIn()
    const pending = JSON.parse(page.storage.getItem('renmai:sign-in')!) as object
    page.storage.setItem('renmai:sign-in', JSON.stringify({ ...pending, nonce: 'another' }))
    await expect(signIn.finishSignIn(providerOf(), page)).rejects.toThrow('another sign-in')
  })

  it('renews a token before its end, once for requests that need it together', async () => {
    const { page, state } = await signedIn()
    await signIn.finishSignIn(providerOf(), page)
    const first = await signIn.currentToken(providerOf(), page)
    state.time += 595_000
    const [one, other] = await Promise.all([signIn.currentToken(providerOf(), page), signIn.currentToken(providerOf(), page)])
    expect(one).not.toBe(first)
    expect(other).toBe(one)
    expect(state.posts.filter((body) => body.includes('grant_type=refresh_token'))).toHaveLength(1)
  })

  it('ends when a token cannot be renewed', async () => {
    const { page, state } = await signedIn()
    await signIn.finishSignIn(providerOf(), page)
    state.time += 601_000
    expect(await signIn.currentToken({ ...providerOf(), tokenEndpoint: `${issuer}/nowhere` }, page)).toBeUndefined()
    expect(signIn.isSignedIn(page)).toBe(false)
  })
})
