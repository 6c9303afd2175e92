import { createApiKey } from '@renmai/platform/secrets/api-key'
import { AppError } from '@renmai/platform/serve/errors'
import { createHttp, type Http } from '@renmai/platform/serve/http'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { freePort } from '@renmai/platform/testing/processes'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { planOf } from '../cost/plan.ts'
import type { Caller } from './authenticate.ts'
import { type Issued, readIssued } from './read-issued.ts'
import { serveTokens } from './serve-tokens.ts'

const tenantId = newId()
const [apiKey, unknown] = [createApiKey(tenantId), createApiKey(tenantId)]
let [http, issuer, issued, keys]: [Http, string, Issued, JWK[]] = [] as never
const authenticate = vi.fn(async (header: string | undefined, _address: string): Promise<Caller> => {
  if (header !== `Bearer ${apiKey.text}`) throw new AppError('UNAUTHENTICATED', 'no')
  return { kind: 'CLIENT', id: 'c', tenantId, scopes: new Set(['a:read', 'b:read']), plan: planOf(1), isPartner: true }
})
const makeKey = async (kid: string): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'EdDSA', kid }
}

beforeAll(async () => {
  const port = await freePort()
  issuer = `http://127.0.0.1:${port}`
  keys = [await makeKey('new'), await makeKey('old')]
  http = createHttp({ log: createLog('test', 'silent') })
  serveTokens(http, { issuer, keys, authenticate, log: createLog('test', 'silent') })
  await http.listen({ host: '127.0.0.1', port })
  issued = readIssued({ OAUTH_ISSUER: issuer, OAUTH_PRIVATE_KEYS: JSON.stringify({ keys }) })!
})
afterAll(() => http.close())

async function ask(form: Record<string, string>, basic = `${apiKey.keyId}:${apiKey.text}`) {
  const answer = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
    body: new URLSearchParams(form),
  })
  return {
    status: answer.status,
    ...((await answer.json()) as { access_token: string; expires_in: number; scope?: string; error?: string }),
  }
}
const GRANT = { grant_type: 'client_credentials' }

describe('a token for an API key', () => {
  it('names its owner and its scopes, for a quarter of an hour', async () => {
    const { status, access_token, expires_in } = await ask(GRANT)
    expect([status, expires_in, issued.isOurs(access_token)]).toEqual([200, 900, true])
    expect(await issued.read(access_token)).toMatchObject({ client_id: apiKey.keyId, tid: tenantId })
    expect((await issued.read(access_token)).scope).toBeUndefined()
    expect(authenticate).toHaveBeenLastCalledWith(`Bearer ${apiKey.text}`, '127.0.0.1')
  })

  it('has the requested scopes that the client has', async () => {
    const { scope, access_token } = await ask({ ...GRANT, scope: 'a:read c:write' })
    expect([scope, (await issued.read(access_token)).scope]).toEqual(['a:read', 'a:read'])
  })

  it.each([
    ['an unknown key', GRANT, `${unknown.keyId}:${unknown.text}`, 401],
    ['the key of another id', GRANT, `${'a'.repeat(12)}:`, 401],
    ['no key', GRANT, 'x:y', 401],
    ['scopes of which the client has none', { ...GRANT, scope: 'c:write' }, undefined, 400],
    ['another grant', { grant_type: 'password', username: 'a', password: 'b' }, undefined, 400],
  ])('is not issued for %s', async (_what, form, basic, status) => {
    const sent = basic?.endsWith(':') ? `${basic}${apiKey.text}` : basic
    expect(await ask(form as Record<string, string>, sent)).toMatchObject({ status, error: expect.any(String) })
  })

  it('is valid under each of our keys, under no other, and for no other use', async () => {
    const sign = async (key: JWK, more: { iss?: string; aud?: string; typ?: string; exp?: number } = {}) => {
      const { importJWK } = await import('jose')
      return new SignJWT({ client_id: apiKey.keyId, tid: tenantId })
        .setProtectedHeader({ alg: 'EdDSA', kid: key.kid!, typ: more.typ ?? 'at+jwt' })
        .setIssuedAt()
        .setIssuer(more.iss ?? issuer)
        .setAudience(more.aud ?? 'urn:renmai:api')
        .setExpirationTime(more.exp ?? Math.floor(Date.now() / 1_000) + 60)
        .sign(await importJWK(key))
    }
    expect(await issued.read(await sign(keys[1]!))).toMatchObject({ tid: tenantId })
    const bad = [
      await sign(await makeKey('new')),
      await sign(keys[0]!, { aud: 'urn:other' }),
      await sign(keys[0]!, { typ: 'JWT' }),
      await sign(keys[0]!, { exp: Math.floor(Date.now() / 1_000) - 60 }),
    ]
    for (const token of bad) await expect(issued.read(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect([issued.isOurs(await sign(keys[0]!, { iss: 'https://other' })), issued.isOurs('x'), issued.isOurs('')]).toEqual([
      false,
      false,
      false,
    ])
  })
})

it('issues no tokens without keys', () => {
  expect(() => readIssued({ OAUTH_ISSUER: 'https://x.example' })).toThrow(/OAUTH_PRIVATE_KEYS/)
  expect(readIssued({})).toBeUndefined()
})
