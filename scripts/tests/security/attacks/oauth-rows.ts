import { call, type Headers } from '../../bad-input/row.ts'
import { type Attack, addClient, askToken, askWith, type Callers, DENIED, numbered, originOf, tokenOf } from './callers.ts'

const gateway = ({ whole }: Callers) => originOf(whole.client.endpoints.graphql)

type Wanted = Pick<Attack, 'status' | 'text'>
const NO_TOKEN = /^(?!.*access_token)/s
const refused = (status: number, error: string): Wanted => ({ status, text: new RegExp(`^(?!.*access_token).*"error":"${error}"`, 's') })

const asked = (what: string, form: Record<string, string>, wanted: Wanted, headers: Headers = {}): Omit<Attack, 'id'> => ({
  what,
  send: async (s) => askToken(gateway(s), await addClient(s.whole, ['customers:read']), form, headers),
  ...wanted,
})

const GRANTS: Record<string, Record<string, string>> = {
  authorization_code: { code: 'x', redirect_uri: 'https://client.example' },
  refresh_token: { refresh_token: 'x' },
  implicit: {},
  'urn:ietf:params:oauth:grant-type:device_code': { device_code: 'x' },
  'urn:ietf:params:oauth:grant-type:token-exchange': {
    subject_token: 'x',
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  },
  'urn:ietf:params:oauth:grant-type:jwt-bearer': { assertion: 'x' },
  __proto__: {},
}
const unsupported: Wanted = {
  status: 400,
  text: /^(?!.*access_token).*"error":"(unsupported_grant_type|invalid_request|unauthorized_client)"/s,
}

const grants = Object.entries(GRANTS).map(([name, form]) => asked(`the grant ${name}`, { ...form, grant_type: name }, unsupported))

const WIDER = ['customers:read orders:read', 'tenant:admin', '*', 'customers:*', '__proto__', 'openid offline_access']
/** A token may be given for the scopes that the client has. It gives no more access, whatever it names. */
const wider = WIDER.map(
  (scope): Omit<Attack, 'id'> => ({
    what: `a token for the scopes "${scope}" for fields that the client may not read`,
    send: async (s) => {
      const client = await addClient(s.whole, ['customers:read'])
      const answer = await askToken(gateway(s), client, { scope })
      const { access_token: token } = JSON.parse(answer.text) as { access_token?: string }
      if (!token) return { ...answer, status: 200, codes: 'UNAUTHORIZED_FIELD_OR_TYPE' }
      return askWith(s.whole.client.endpoints.graphql, token, '{ orders { totalCount } }')
    },
    ...DENIED,
  }),
)

const secrets: Omit<Attack, 'id'>[] = [
  {
    what: 'the secret in the body',
    send: async (s) => {
      const { keyId, key } = await addClient(s.whole, ['customers:read'])
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: keyId, client_secret: key }).toString()
      return call(`${gateway(s)}/oauth/token`, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })
    },
    ...refused(401, 'invalid_client'),
  },
  {
    what: 'the id in the body and no secret',
    send: async (s) => {
      const { keyId } = await addClient(s.whole, ['customers:read'])
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: keyId }).toString()
      return call(`${gateway(s)}/oauth/token`, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })
    },
    ...refused(401, 'invalid_client'),
  },
  {
    what: "one client's id with another's key",
    send: async (s) => {
      const [one, other] = [await addClient(s.whole, ['customers:read']), await addClient(s.whole, ['orders:read'])]
      return askToken(gateway(s), { ...one, key: other.key })
    },
    ...refused(401, 'invalid_client'),
  },
  {
    what: "the id of the attacker's client with the victim's key",
    send: async (s) => askToken(gateway(s), { ...(await addClient(s.whole, ['customers:read'])), key: s.victim.key }),
    ...refused(401, 'invalid_client'),
  },
  {
    what: 'the body as JSON',
    send: async (s) => askToken(gateway(s), await addClient(s.whole, ['customers:read']), {}, { 'content-type': 'application/json' }),
    status: [400, 415],
    text: NO_TOKEN,
  },
  {
    what: 'an assertion that the client signed itself',
    send: async (s) => {
      const { keyId } = await addClient(s.whole, ['customers:read'])
      const form = {
        grant_type: 'client_credentials',
        client_id: keyId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'eyJhbGciOiJub25lIn0.e30.',
      }
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return call(`${gateway(s)}/oauth/token`, { headers, body: new URLSearchParams(form).toString() })
    },
    status: [400, 401],
    text: NO_TOKEN,
  },
]

const resources = [
  asked('another audience', { resource: 'urn:other' }, { status: 200 }),
  asked('an audience that is no address', { resource: 'x' }, { status: 400, text: NO_TOKEN }),
]

const HOSTS: Headers[] = [
  { host: 'evil.example' },
  { 'x-forwarded-host': 'evil.example' },
  { forwarded: 'host=evil.example' },
  { 'x-forwarded-proto': 'https' },
]
/** The settings name the issuer of a token; no header of a request changes it. */
const hosts = HOSTS.map(
  (headers): Omit<Attack, 'id'> => ({
    what: `a token requested with ${JSON.stringify(headers)}`,
    send: async (s) => {
      const answer = await askToken(gateway(s), await addClient(s.whole, ['customers:read']), {}, headers)
      const { access_token: token = '..' } = JSON.parse(answer.text) as { access_token?: string }
      const { iss } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { iss: string }
      return { ...answer, text: iss === gateway(s) ? 'ours' : iss }
    },
    status: 200,
    text: /^ours$/,
  }),
)

const PATHS = [
  'auth',
  'introspection',
  'token/introspection',
  'revocation',
  'token/revocation',
  'userinfo',
  'me',
  'session/end',
  'device',
  'device/auth',
  'reg',
  'request',
  'backchannel',
  '.well-known/openid-configuration',
  '../graphql',
]
const paths = PATHS.flatMap((path) =>
  ['GET', 'POST'].map(
    (method): Omit<Attack, 'id'> => ({
      what: `${method} /oauth/${path}`,
      send: async (s) => {
        const { key } = await addClient(s.whole, ['customers:read'])
        const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-www-form-urlencoded' }
        return call(`${gateway(s)}/oauth/${path}`, { method, headers, ...(method === 'POST' ? { body: 'token=x' } : {}) })
      },
      status: [400, 404, 405, 415],
      text: NO_TOKEN,
    }),
  ),
)

const others: Omit<Attack, 'id'>[] = [
  {
    what: 'the keys of the issuer, of which the public halves are given',
    send: (s) => call(`${gateway(s)}/oauth/jwks`, { method: 'GET' }),
    status: 200,
    text: /^(?!.*"d":)/s,
  },
  {
    what: 'a token of a client that was revoked',
    send: async (s) => {
      const client = await addClient(s.whole, ['customers:read'])
      const token = await tokenOf(gateway(s), client)
      await s.whole.client.query('mutation R($input: RevokeApiClientInput!) { revokeApiClient(input: $input) { client { id } } }', {
        input: { idempotencyKey: client.keyId, clientId: client.id },
      })
      return askWith(s.whole.client.endpoints.graphql, token, '{ tenant { id } }')
    },
    status: 401,
    code: /^UNAUTHENTICATED$/,
  },
]

export const oauthRows = numbered('oauth', [...grants, ...wider, ...secrets, ...resources, ...hosts, ...paths, ...others])
