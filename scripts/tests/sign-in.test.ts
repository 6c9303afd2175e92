import { createHash, randomBytes } from 'node:crypto'
import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import { createClient } from '../client.ts'
import { APP, APP_REDIRECT_URIS, EXPLORER } from '../issuer/clients.ts'
import { codes, key, wholeSeed } from './whole-seed.ts'

const seed = wholeSeed()
const VIEWER = '{ viewer { kind name staffId tenant { name } otherTenants { name } scopes policies } }'
type Seen = {
  viewer: { kind: string; name: string; tenant: { name: string }; otherTenants: { name: string }[]; scopes: string[]; policies: string[] }
}

/** Creates a tenant as an operator does. */
async function createTenant(name: string, owner: string): Promise<string> {
  const out = await seed.whole.platform.command('identity', 'create-tenant', 'new', name, 'Europe/Berlin', 'EUR', owner)
  return out.trim()
}

/** Signs in as a frontend does, by the person that it hints at. */
async function signIn(account: string): Promise<string> {
  const { issuer } = seed.whole.client.endpoints
  const verifier = randomBytes(32).toString('base64url')
  const [redirectUri] = APP_REDIRECT_URIS
  const asked = new URLSearchParams({
    client_id: APP,
    redirect_uri: redirectUri!,
    response_type: 'code',
    scope: 'openid',
    login_hint: account,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const cookies = new Map<string, string>()
  let at = `${issuer}/auth?${asked}`
  for (let steps = 0; steps < 6 && !at.startsWith(redirectUri!); steps++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) cookies.set(line.slice(0, line.indexOf('=')), /=([^;]*)/.exec(line)![1]!)
    at = new URL(answer.headers.get('location') ?? 'about:blank', at).href
  }
  const code = new URL(at).searchParams.get('code')!
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: APP,
    redirect_uri: redirectUri!,
    code,
    code_verifier: verifier,
  })
  return ((await (await fetch(`${issuer}/token`, { method: 'POST', body })).json()) as { access_token: string }).access_token
}

describe('the development login', () => {
  it('enters a tenant that create-tenant made: as its owner, by client credentials and by a click', async () => {
    const { endpoints, secrets } = seed.whole.platform
    const tenantId = await createTenant('Second shop', 'alice')
    const asOwner = await createClient(endpoints, secrets, tenantId).query<Seen>(VIEWER)
    expect(asOwner.viewer).toMatchObject({
      kind: 'STAFF',
      name: 'Owner',
      tenant: { name: 'Second shop' },
      otherTenants: [],
      policies: ['staff'],
    })
    expect(asOwner.viewer.scopes).toContain('tenant:admin')
    const { body } = await seed.ask(VIEWER, {}, { authorization: `Bearer ${await signIn(`${tenantId}/alice`)}` })
    expect(body.data).toMatchObject({ viewer: { tenant: { name: 'Second shop' } } })
  })

  it('shows the other tenants of a person, each of which the person can enter', async () => {
    const { endpoints, secrets } = seed.whole.platform
    const tenantId = await createTenant('Third shop', secrets.loginClientId)
    const { viewer } = await seed.whole.client.query<Seen>(VIEWER)
    expect(viewer.otherTenants).toEqual([{ name: 'Third shop' }])
    const there = await createClient(endpoints, secrets, tenantId).query<Seen>(VIEWER)
    expect(there.viewer.otherTenants).toEqual([{ name: viewer.tenant.name }])
  })
})

describe('the explorer', () => {
  it('offers the sign-in of the development login, as its registered client', async () => {
    const { issuer, graphql } = seed.whole.client.endpoints
    const answer = await request(graphql.replace('/graphql', '/'))
    const page = await answer.body.text()
    const [, text = '{}'] = /id="explorer-settings">(.*?)<\/script>/.exec(page) ?? []
    expect(JSON.parse(text)).toMatchObject({
      provider: { issuer, clientId: EXPLORER, tokenEndpoint: `${issuer}/token`, namesIssuer: true },
    })
    expect(answer.headers['content-security-policy']).toContain(`connect-src 'self' ${issuer};`)
  })
})

describe('the viewer', () => {
  it('is a partner too, at its own endpoint', async () => {
    const { key: secret } = await seed.createClient(['orders:read'], 'PARTNER')
    const { publicGraphql } = seed.whole.client.endpoints
    const { body } = await seed.post({ query: VIEWER }, { authorization: `Bearer ${secret}` }, false, publicGraphql)
    expect(body).toMatchObject({
      data: { viewer: { kind: 'CLIENT', staffId: null, otherTenants: [], scopes: ['orders:read'], policies: ['client'] } },
    })
  })
})

describe('the settings of a member of staff', () => {
  const VIEW = '{ id name kind filter orderBy { field direction } columns isShared isMine ownerName version }'

  it('are kept and read back through the endpoint, and found by id', async () => {
    const set = 'mutation P($input: SetPreferencesInput!) { setPreferences(input: $input) { preferences { key value version } } }'
    const preferences = [{ key: 'locale', value: 'zh' }]
    const kept = await seed.ask(set, { input: { idempotencyKey: key(), preferences } })
    expect(kept.body.data).toEqual({ setPreferences: { preferences: [{ key: 'locale', value: 'zh', version: 1 }] } })
    const create = `mutation V($input: CreateSavedViewInput!) { createSavedView(input: $input) { savedView ${VIEW} } }`
    const view = {
      name: 'VIP',
      kind: 'CUSTOMERS',
      filter: '{"nameContains":"王"}',
      orderBy: { field: 'CREATED_AT' },
      columns: ['displayName'],
    }
    const { body } = await seed.ask(create, { input: { idempotencyKey: key(), ...view } })
    expect(body.errors).toBeUndefined()
    const { savedView } = (body.data as unknown as { createSavedView: { savedView: { id: string } } }).createSavedView
    const wanted = {
      ...view,
      orderBy: { field: 'CREATED_AT', direction: 'ASC' },
      isShared: false,
      isMine: true,
      ownerName: 'Owner',
      version: 1,
    }
    expect(savedView).toEqual({ id: expect.any(String), ...wanted })
    const read = `query R($id: ID!) { preferences { key } savedViews { totalCount nodes { id } } node(id: $id) { ... on SavedView ${VIEW} } }`
    expect((await seed.ask(read, { id: savedView.id })).body.data).toEqual({
      preferences: [{ key: 'locale' }],
      savedViews: { totalCount: 1, nodes: [{ id: savedView.id }] },
      node: savedView,
    })
    const remove = 'mutation D($input: DeleteSavedViewInput!) { deleteSavedView(input: $input) { deletedSavedViewId } }'
    const removed = await seed.ask(remove, { input: { idempotencyKey: key(), savedViewId: savedView.id, expectedVersion: 1 } })
    expect(removed.body.data).toEqual({ deleteSavedView: { deletedSavedViewId: savedView.id } })
  })

  it('are for staff: a client of the company gets none', async () => {
    const headers = { authorization: `Bearer ${await seed.createKey(['customers:read'])}` }
    for (const query of ['{ preferences { key } }', '{ savedViews { nodes { id } } }'])
      expect(codes(await seed.ask(query, {}, headers))).toBe('UNAUTHORIZED_FIELD_OR_TYPE')
  })
})
