import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { newId } from '@renmai/platform/serve/ids'
import type { OwnIssuer } from '../../bad-input/credential-rows.ts'
import { type Attack, addClient, askWith, type Callers, GOOD, NOBODY, numbered, originOf, TENANT, tokenOf } from './callers.ts'

const stranger = generateKeyPairSync('ed25519')
const strangerEc = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const byStranger = (text: string) => sign(null, Buffer.from(text), stranger.privateKey)
const jwk = { ...stranger.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'EdDSA' }
const now = () => Math.floor(Date.now() / 1_000)
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

type Make = (issuer: OwnIssuer, stage: Callers) => string | Promise<string>
const sends = (what: string, make: Make, wanted: Pick<Attack, 'status' | 'code'> = NOBODY): Omit<Attack, 'id'> => ({
  what,
  send: async (s) => askWith(s.issuer.graphql, await make(s.issuer, s), TENANT),
  ...wanted,
})

/** Public values, used as the secret of an HMAC. */
const PUBLIC_FORMS: Record<string, (issuer: OwnIssuer) => string | Buffer> = {
  'its raw bytes': ({ publicKey }) => Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url'),
  'its text in the JWK': ({ publicKey }) => publicKey.export({ format: 'jwk' }).x!,
  'its DER': ({ publicKey }) => publicKey.export({ format: 'der', type: 'spki' }),
  'its PEM': ({ publicKey }) => publicKey.export({ format: 'pem', type: 'spki' }),
  'its JWK': ({ publicKey }) => JSON.stringify(publicKey.export({ format: 'jwk' })),
}

const algorithms = [
  ...['None', 'NONE', 'nOnE', ''].map((alg) =>
    sends(`a token with the algorithm "${alg}" and no signature`, (i) => i.forge({ alg }, {}, () => '')),
  ),
  sends('a token without an algorithm', (i) => i.forge({ alg: undefined }, {}, byStranger)),
  ...Object.entries(PUBLIC_FORMS).map(([form, secretOf]) =>
    sends(`a token sealed by HS256 with the public key as ${form}`, (i) =>
      i.forge({ alg: 'HS256' }, {}, (text) => createHmac('sha256', secretOf(i)).update(text).digest()),
    ),
  ),
  sends('a token sealed by HS512 with an empty secret', (i) =>
    i.forge({ alg: 'HS512' }, {}, (text) => createHmac('sha512', '').update(text).digest()),
  ),
]

const signatures = [
  sends('an EdDSA signature of zeros', (i) => i.forge({}, {}, () => Buffer.alloc(64))),
  sends('an ECDSA signature of zeros', (i) => i.forge({ alg: 'ES256', kid: 'ec' }, {}, () => Buffer.alloc(64))),
  sends('an ECDSA signature in DER by a stranger', (i) =>
    i.forge({ alg: 'ES256', kid: 'ec' }, {}, (text) => sign('sha256', Buffer.from(text), strangerEc.privateKey)),
  ),
  sends("the key of another algorithm, by that key's name", (i) => i.token({}, { kid: 'ec' })),
  sends("another algorithm, by this key's name", (i) => i.token({}, { alg: 'ES256' })),
  sends('a payload that was changed to another tenant', (i, { victim }) => {
    const [[header, , seal], [, payload]] = [i.token().split('.'), i.token({ tid: victim.tenantId }).split('.')]
    return `${header}.${payload}.${seal}`
  }),
  sends('a signature that was cut', (i) => i.token().slice(0, -20)),
  sends('a token of two parts', (i) => i.token().split('.').slice(0, 2).join('.')),
  sends('a token of four parts', (i) => `${i.token()}.${part({})}`),
]

const headers = [
  sends('a set of keys at a place of its own (jku)', (i) =>
    i.forge({ jku: `data:application/json,${encodeURIComponent(JSON.stringify({ keys: [jwk] }))}` }, {}, byStranger),
  ),
  sends('a certificate at a place of its own (x5u)', (i) => i.forge({ x5u: 'http://127.0.0.1:1/cert.pem' }, {}, byStranger)),
  sends('a certificate inside (x5c)', (i) =>
    i.forge({ x5c: [stranger.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')] }, {}, byStranger),
  ),
  sends('a payload that is not encoded (b64)', (i) => i.token({}, { b64: false, crit: ['b64'] })),
  sends('an empty list of critical headers', (i) => i.token({}, { crit: [] })),
  ...['../../../../dev/null', '__proto__', 'constructor', "k' OR '1'='1", 'k\u0000'].map((kid) =>
    sends(`the key "${kid}"`, (i) => i.forge({ kid }, {}, byStranger)),
  ),
  sends('no type', (i) => i.token({}, { typ: undefined })),
  sends('a nested token (cty)', (i) => i.forge({ cty: 'JWT' }, {}, byStranger)),
]

const claims = [
  sends('a good token of two audiences', (i) => i.token({ aud: ['urn:other', 'urn:renmai:api'] }), GOOD),
  sends('no audience', (i) => i.token({ aud: undefined })),
  sends('an issuer that only begins like ours', (i) => i.token({ iss: `${originOf(i.graphql)}.evil.example` })),
  sends('no issuer', (i) => i.token({ iss: undefined })),
  sends('no moment of issue', (i) => i.token({ iat: undefined })),
  sends('a moment of issue as text', (i) => i.token({ iat: String(now()) })),
  sends('a token for later (nbf)', (i) => i.token({ nbf: now() + 600 })),
  sends('an end beyond all numbers', (i) => i.token({ exp: Number.MAX_VALUE, iat: now() - 3_600 })),
  sends('no subject', (i) => i.token({ sub: undefined })),
  sends('an empty subject', (i) => i.token({ sub: '' })),
  sends('a list as subject', (i, { whole }) => i.token({ sub: [whole.platform.secrets.loginClientId] })),
  sends('a subject of 10,000 letters', (i) => i.token({ sub: 'x'.repeat(10_000) })),
  sends('a subject with a NUL', (i) => i.token({ sub: 'dev-owner\u0000' })),
  sends('no tenant', (i) => i.token({ tid: undefined })),
  sends("a member of one tenant's staff in another tenant", (i, { victim }) => i.token({ tid: victim.tenantId })),
  sends('a tenant id in upper case', (i, { whole }) => i.token({ tid: whole.tenantId.toUpperCase() })),
  sends('a tenant id with a space', (i, { whole }) => i.token({ tid: `${whole.tenantId} ` })),
]

/** Data that a gateway remembers of one caller, requested with a token of another kind. */
const remembered = [
  sends('a list as tenant, when the same member of staff was let in before', async (i, { whole }) => {
    await askWith(i.graphql, i.token(), TENANT)
    return i.token({ tid: [whole.tenantId] })
  }),
  ...['|', '","', ' '].map((between) =>
    sends(`a subject that spells a remembered client, by ${between}`, async (i, { whole }) => {
      const client = await addClient(whole, ['customers:read'])
      const token = await tokenOf(originOf(i.graphql), client, 'customers:read')
      await askWith(i.graphql, token, TENANT)
      return i.token({ sub: [client.keyId, 'customers:read', '127.0.0.1'].join(between) })
    }),
  ),
]

/** Tokens that name our own token endpoint as issuer. */
const ours = [
  ...[
    ["by the key of staff's issuer", (i: OwnIssuer, own: object) => i.token(own)],
    ["by the key of staff's issuer, under our key's name", (i: OwnIssuer, own: object) => i.token(own, { kid: 'oauth-1' })],
    ['by a stranger', (i: OwnIssuer, own: object) => i.forge({ kid: 'oauth-1' }, own, byStranger)],
    ['unsigned', (i: OwnIssuer, own: object) => i.forge({ alg: 'none' }, own, () => '')],
  ].map(([how, make]) =>
    sends(`a token in the name of our own issuer, ${String(how)}`, async (i, { whole }) => {
      const { keyId } = await addClient(whole, ['customers:read'])
      return (make as (i: OwnIssuer, own: object) => string)(i, { iss: originOf(i.graphql), client_id: keyId })
    }),
  ),
  sends('our own token that names another tenant', async (i, { whole, victim }) => {
    const token = await tokenOf(originOf(i.graphql), await addClient(whole, ['customers:read']))
    const [header, payload, seal] = token.split('.')
    const said = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object
    return `${header}.${part({ ...said, tid: victim.tenantId })}.${seal}`
  }),
  sends('our own token at the gateway of another issuer', async ({ graphql }, { whole }) => {
    const token = await tokenOf(originOf(whole.client.endpoints.graphql), await addClient(whole, ['customers:read']))
    return graphql ? token : ''
  }),
  sends('our own token with more scopes', async (i, { whole }) => {
    const token = await tokenOf(originOf(i.graphql), await addClient(whole, ['customers:read', 'orders:read']), 'customers:read')
    const [header, payload, seal] = token.split('.')
    const said = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object
    return `${header}.${part({ ...said, scope: 'customers:read orders:read' })}.${seal}`
  }),
  sends('a token of our own issuer for a client that does not exist', (i) =>
    i.token({ iss: originOf(i.graphql), client_id: newId().slice(-12) }),
  ),
]

export const tokenRows = numbered('token', [...algorithms, ...signatures, ...headers, ...claims, ...remembered, ...ours])
