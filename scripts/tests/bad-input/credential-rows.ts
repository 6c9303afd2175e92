import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { createSigner, signViewer } from '@renmai/platform/serve/viewer'
import { makeFolder } from '@renmai/platform/testing/folder'
import { freePort, start } from '@renmai/platform/testing/processes'
import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import { SERVICES } from '../../compose-supergraph.ts'
import { asUser } from '../../stack/bus-users.ts'
import { ROOT } from '../../stack/paths.ts'
import type { Whole } from '../whole.ts'
import { call, type Row, type Stage } from './row.ts'

const NOBODY = { status: 401, code: /^UNAUTHENTICATED$/ }
const QUERY = '{"query":"{ tenant { id } }"}'
const json = { 'content-type': 'application/json' }

/** A gateway that trusts an issuer whose key the test has. */
export type OwnIssuer = {
  graphql: string
  /** The public half of its signing key, which everybody may fetch. */
  publicKey: KeyObject
  token: (claims?: object, header?: object) => string
  forge: Forge
  stop: () => Promise<void>
}
type Forge = (header: object, claims: object, seal: (text: string) => Buffer | string) => string

export async function startOwnIssuer({ platform: { endpoints, secrets }, tenantId }: Whole): Promise<OwnIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  const keys = [
    { ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'EdDSA', use: 'sig' },
    { ...other.export({ format: 'jwk' }), kid: 'ec', alg: 'ES256', use: 'sig' },
  ]
  const jwks = JSON.stringify({ keys })
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(jwks))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const urls = Object.fromEntries(Object.entries(endpoints.services).map(([name, url]) => [`${name.toUpperCase()}_URL`, `${url}/graphql`]))
  const [port, folder] = [await freePort(), makeFolder('issuer')]
  const gateway = await start('gateway', process.execPath, [`${ROOT}gateway/src/main.ts`], {
    logs: folder.path,
    env: {
      ...urls,
      PATH: process.env.PATH,
      PORT: String(port),
      NATS_URL: asUser(endpoints.nats, secrets, 'gateway'),
      NATS_MONITOR_URL: endpoints.natsMonitor,
      ...Object.fromEntries(SERVICES.map((name) => [`${name.toUpperCase()}_SECRET`, secrets.internalSecrets[name]])),
      OIDC_ISSUER: issuer,
      OIDC_JWKS_URL: issuer,
      OIDC_AUDIENCE: 'urn:renmai:api',
      OAUTH_ISSUER: `http://127.0.0.1:${port}`,
      OAUTH_PRIVATE_KEYS: secrets.oauthPrivateKeys,
    },
    poll: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
  })
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const forge: Forge = (header, claims, seal) => {
    const text = `${part({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k', ...header })}.${part({ ...good(issuer, tenantId, secrets.loginClientId), ...claims })}`
    return `${text}.${Buffer.from(seal(text)).toString('base64url')}`
  }
  return {
    graphql: `http://127.0.0.1:${port}/graphql`,
    publicKey,
    forge,
    token: (claims = {}, header = {}) => forge(header, claims, (text) => signWith(privateKey, text)),
    stop: async () => {
      await gateway.stop()
      server.close()
      folder.remove()
    },
  }
}

const signWith = (key: KeyObject, text: string) => sign(null, Buffer.from(text), key)
const now = () => Math.floor(Date.now() / 1_000)
const good = (iss: string, tid: string, sub: string) => ({ iss, aud: 'urn:renmai:api', sub, tid, iat: now(), exp: now() + 600 })

const withToken = (issuer: OwnIssuer, token: string, headers: Record<string, string> = {}) =>
  call(issuer.graphql, { headers: { ...json, authorization: `Bearer ${token}`, ...headers }, body: QUERY })

/** Access tokens, most of them signed with the issuer's own key. */
export const tokenRows = (issuer: OwnIssuer): Row[] => {
  const stranger = generateKeyPairSync('ed25519')
  const row = (id: string, what: string, token: () => string): Row => ({ id, what, send: () => withToken(issuer, token()), ...NOBODY })
  return [
    { id: 'B', what: 'a good token', send: () => withToken(issuer, issuer.token()), status: 200, code: /^$/ },
    row('B1', 'alg none', () => issuer.forge({ alg: 'none' }, {}, () => '')),
    row('B1', 'HS256 with the public key', () =>
      issuer.forge({ alg: 'HS256' }, {}, (text) => createHmac('sha256', 'k').update(text).digest()),
    ),
    row('B1', 'an unknown critical header', () => issuer.token({}, { crit: ['x'], x: 1 })),
    row('B1', 'its own key inside', () =>
      issuer.forge({ jwk: stranger.publicKey.export({ format: 'jwk' }) }, {}, (text) => signWith(stranger.privateKey, text)),
    ),
    row('B1', 'another key', () => issuer.forge({}, {}, (text) => signWith(stranger.privateKey, text))),
    row('B2', 'expired', () => issuer.token({ exp: now() - 60 })),
    row('B2', 'no exp', () => issuer.token({ exp: undefined })),
    row('B2', 'exp as text', () => issuer.token({ exp: String(now() + 600) })),
    row('B2', 'issued in an hour', () => issuer.token({ iat: now() + 3_600, exp: now() + 7_200 })),
    row('B2', 'an hour old and good for ten years', () => issuer.token({ iat: now() - 3_600, exp: now() + 315_360_000 })),
    row('B3', 'another audience', () => issuer.token({ aud: 'urn:other' })),
    row('B3', 'another issuer', () => issuer.token({ iss: 'https://other.example' })),
    row('B3', 'an id token', () => issuer.token({}, { typ: 'JWT' })),
    row('B4', 'somebody who is no member of staff', () => issuer.token({ sub: 'stranger' })),
    row('B5', 'a tenant that does not exist', () => issuer.token({ tid: newId() })),
    row('B5', 'a tenant that is no id', () => issuer.token({ tid: '../..' })),
  ]
}

const to = ({ whole }: Stage, headers: Record<string, string>, path = '') =>
  call(whole.client.endpoints.graphql + path, { headers: { ...json, ...headers }, body: QUERY })

/** Keys, headers and places of credentials. */
export const keyRows: Row[] = [
  {
    id: 'B6',
    what: 'a key with one changed character',
    send: (s) => to(s, { authorization: `Bearer ${s.key.slice(0, 60)}${s.key[60] === 'a' ? 'b' : 'a'}${s.key.slice(61)}` }),
    ...NOBODY,
  },
  {
    id: 'B6',
    what: 'a key of another environment',
    send: (s) => to(s, { authorization: `Bearer ${s.key.replace('_live_', '_test_')}` }),
    ...NOBODY,
  },
  {
    id: 'B8',
    what: 'a key in the URL',
    send: (s) => to(s, { authorization: `Bearer ${s.key}` }, `?key=${s.key}`),
    status: 400,
    code: /^BAD_USER_INPUT$/,
  },
  { id: 'B8', what: 'a token in the URL', send: (s) => to(s, {}, '?access_token=abc'), status: 400, code: /^BAD_USER_INPUT$/ },
  { id: 'B9', what: 'no credential', send: (s) => to(s, {}), ...NOBODY },
  { id: 'B9', what: 'two credentials', send: (s) => to(s, { authorization: `Bearer ${s.key}, Bearer ${s.key}` }), ...NOBODY },
  { id: 'B9', what: 'a header of 20 kB', send: (s) => to(s, { authorization: `Bearer ${'a'.repeat(20_000)}` }), status: [401, 431] },
  { id: 'B9', what: 'another scheme', send: (s) => to(s, { authorization: 'Basic YTpi' }), ...NOBODY },
  {
    id: 'B9',
    what: 'bearer in lower case, which RFC 9110 allows',
    send: (s) => to(s, { authorization: `bearer ${s.key}` }),
    status: 200,
    code: /^$/,
  },
  {
    id: 'B15',
    what: 'headers that only insiders send, and no credential',
    send: (s) => to(s, { 'x-user-id': 'x', 'x-internal-token': 'x', 'x-tenant': s.whole.tenantId, 'x-forwarded-for': '127.0.0.1' }),
    ...NOBODY,
  },
  {
    id: 'A29',
    what: 'a subgraph called from outside',
    send: ({ whole, key }) =>
      call(`${whole.client.endpoints.services.identity}/graphql`, {
        headers: { ...json, authorization: `Bearer ${key}` },
        body: '{"query":"{ _service { sdl } }"}',
      }),
    ...NOBODY,
  },
  {
    id: 'B16',
    what: "the gateway's token for one subgraph at another",
    send: (s) => inside(s, 'campaign', 'identity', ENTITY(s, {}), ENTITY(s, {})),
    ...NOBODY,
  },
  {
    id: 'B16',
    what: "the gateway's token with another request",
    send: (s) => inside(s, 'identity', 'identity', ENTITY(s, {}), QUERY),
    ...NOBODY,
  },
  {
    id: 'A30',
    what: 'an entity that names another tenant',
    send: (s) => inside(s, 'identity', 'identity', ENTITY(s, { tenantId: newId() })),
    status: 200,
    code: /^$|NOT_FOUND/,
  },
]

const ENTITY = ({ theirs }: Stage, more: object) =>
  JSON.stringify({
    query: 'query E($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id displayName } } }',
    variables: { r: [{ __typename: 'Customer', id: readGlobalId(theirs.customerId)!.id, ...more }] },
  })

/** A request as the gateway would send it to a subgraph, signed for an audience and a body. */
async function inside({ whole }: Stage, audience: string, service: string, signed: string, sent = signed) {
  const viewer = { kind: 'STAFF' as const, id: newId(), tenantId: whole.tenantId, scopes: new Set(ALL_SCOPES) }
  const token = signViewer(createSigner(whole.platform.secrets.internalSecrets[audience]!), viewer, audience, signed, new Date())
  return call(`${whole.client.endpoints.services[service]}/graphql`, { headers: { ...json, authorization: `Bearer ${token}` }, body: sent })
}
