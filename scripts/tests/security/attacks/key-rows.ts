import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { createApiKey } from '@renmai/platform/secrets/api-key'
import { newId } from '@renmai/platform/serve/ids'
import { type Answered, call, type Headers } from '../../bad-input/row.ts'
import { write } from '../../bad-input/stage.ts'
import { onDatabase } from '../../rows.ts'
import {
  type Attack,
  addClient,
  askToken,
  askWith,
  basic,
  type Callers,
  GOOD,
  json,
  NOBODY,
  numbered,
  originOf,
  TENANT,
  tokenOf,
} from './callers.ts'

const QUERY = JSON.stringify({ query: TENANT })
const graphql = ({ whole }: Callers) => whole.client.endpoints.graphql
const gateway = (s: Callers) => originOf(graphql(s))
const to = (s: Callers, headers: Headers) => call(graphql(s), { headers: { ...json, ...headers }, body: QUERY })

/** A key with other parts and the checksum that fits them. */
function rewrite(key: string, change: (parts: string[]) => string[]): string {
  const body = change(key.split('_').slice(0, -1)).join('_')
  return `${body}_${crc32(body).toString(16).padStart(8, '0')}`
}
const rewritten = (what: string, change: (parts: string[], s: Callers) => string[]): Omit<Attack, 'id'> => ({
  what,
  send: (s) =>
    askWith(
      graphql(s),
      rewrite(s.key, (parts) => change(parts, s)),
      TENANT,
    ),
  ...NOBODY,
})
const plain = (tenantId: string) => tenantId.replaceAll('-', '')

const keys = [
  rewritten('a key that names another tenant', ([rm, live, , ...rest], { victim }) => [rm!, live!, plain(victim.tenantId), ...rest]),
  rewritten('a key that is marked for tests', ([rm, , ...rest]) => [rm!, 'test', ...rest]),
  rewritten("a key with another client's id", ([rm, live, tenant, , secret]) => [
    rm!,
    live!,
    tenant!,
    createApiKey(newId()).keyId,
    secret!,
  ]),
  rewritten('a key with its tenant in upper case', ([rm, live, tenant, ...rest]) => [rm!, live!, tenant!.toUpperCase(), ...rest]),
  rewritten('a key with a part more', (parts) => [...parts, 'x']),
  rewritten('a key with the digest of its secret as secret', ([rm, live, tenant, id, secret]) => [
    rm!,
    live!,
    tenant!,
    id!,
    createHash('sha256').update(secret!).digest('base64url').replace(/[-_]/g, 'a'),
  ]),
  {
    what: 'the key of a client that has expired',
    send: async (s: Callers) => {
      const { key, keyId } = await addClient(s.whole, ['customers:read'])
      const expire = "UPDATE api_clients SET expires_at = now() - interval '1 second' WHERE key_id = $1"
      await onDatabase(s.whole, 'identity', (client) => client.query(expire, [keyId]))
      return askWith(graphql(s), key, TENANT)
    },
    ...NOBODY,
  },
  {
    what: 'the key that was replaced, when the rotation is finished',
    send: async (s: Callers) => (await rotate(s)).use('key'),
    ...NOBODY,
  },
  {
    what: 'a token of the key that was replaced, when the rotation is finished',
    send: async (s: Callers) => (await rotate(s)).use('token'),
    ...NOBODY,
  },
  {
    what: 'the new key after a rotation, which is good',
    send: async (s: Callers) => (await rotate(s)).use('next'),
    ...GOOD,
  },
]

/** Replaces a key that was used, and a token of it, and uses one of them afterwards. */
async function rotate(s: Callers): Promise<{ use: (which: 'key' | 'token' | 'next') => Promise<Answered> }> {
  const client = await addClient(s.whole, ['customers:read'])
  const token = await tokenOf(gateway(s), client)
  for (const credential of [client.key, token]) await askWith(graphql(s), credential, TENANT)
  const change = async (field: string, answer: string) =>
    write<{ key: string }>(s.whole, await s.whole.client.token(), field, `${field[0]!.toUpperCase()}${field.slice(1)}Input`, answer, {
      clientId: client.id,
    })
  const { key: next } = await change('rotateApiKey', 'key')
  // A key ends when its successor has been used.
  await askWith(graphql(s), next, TENANT)
  await change('finishApiKeyRotation', 'client { id }')
  return { use: (which) => askWith(graphql(s), { key: client.key, token, next }[which], TENANT) }
}

const PLACES = ['X-Forwarded-For', 'X-Real-IP', 'True-Client-IP', 'CF-Connecting-IP', 'X-Client-IP', 'X-Cluster-Client-IP']
const ALLOWED = '203.0.113.7'

/** A key that is valid at one address, used from another with headers that claim the first. */
const addresses = [...PLACES.map((name) => [name, ALLOWED] as const), ['Forwarded', `for=${ALLOWED}`] as const].map(([name, value]) => ({
  what: `a key that is bound to an address, from another, with ${name}`,
  send: async (s: Callers) => {
    const { key } = await addClient(s.whole, ['customers:read'], { allowedAddresses: [ALLOWED] })
    return to(s, { authorization: `Bearer ${key}`, [name.toLowerCase()]: value })
  },
  status: 403,
  code: /^FORBIDDEN$/,
}))

const places = [
  {
    what: 'a good key in a cookie',
    send: (s: Callers) => to(s, { cookie: `authorization=Bearer ${s.key}; access_token=${s.key}` }),
    ...NOBODY,
  },
  { what: 'a good key by Basic', send: (s: Callers) => to(s, { authorization: basic(s.key.split('_')[3]!, s.key) }), ...NOBODY },
  {
    what: 'a good key in other headers',
    send: (s: Callers) => to(s, { 'x-api-key': s.key, 'proxy-authorization': `Bearer ${s.key}` }),
    ...NOBODY,
  },
  { what: 'a good key with a tab before it', send: (s: Callers) => to(s, { authorization: `Bearer\t${s.key}` }), ...NOBODY },
  {
    what: 'two Authorization lines, the good one first',
    send: (s: Callers) => to(s, { authorization: [`Bearer ${s.key}`, 'Bearer x'] }),
    status: 400,
    code: /^(INVALID|BAD_USER_INPUT)$/,
  },
  {
    what: 'two Authorization lines, the good one last',
    send: (s: Callers) => to(s, { authorization: ['Bearer x', `Bearer ${s.key}`] }),
    status: 400,
    code: /^(INVALID|BAD_USER_INPUT)$/,
  },
  {
    what: 'a body that names the key',
    send: (s: Callers) => call(graphql(s), { headers: json, body: JSON.stringify({ query: TENANT, authorization: `Bearer ${s.key}` }) }),
    ...NOBODY,
  },
]

const FLOOD = 150

/** Attacks of strangers on tenants that have a key. */
const strangers = [
  {
    what: `a right key that was never used, while ${FLOOD} wrong ones with its id are refused`,
    send: async (s: Callers) => {
      const { key } = await addClient(s.whole, ['customers:read'])
      const guess = () => rewrite(key, ([rm, live, tenant, id]) => [rm!, live!, tenant!, id!, createApiKey(newId()).secret])
      const flood = Array.from({ length: FLOOD }, () => askWith(graphql(s), guess(), TENANT))
      const answer = await askWith(graphql(s), key, TENANT)
      await Promise.all(flood)
      return answer
    },
    ...GOOD,
  },
  {
    what: `the token endpoint for a right key, after ${FLOOD / 5} wrong ones`,
    send: async (s: Callers) => {
      const client = await addClient(s.whole, ['customers:read'])
      const wrong = rewrite(client.key, ([rm, live, tenant, id]) => [rm!, live!, tenant!, id!, createApiKey(newId()).secret])
      await Promise.all(Array.from({ length: FLOOD / 5 }, () => askToken(gateway(s), { ...client, key: wrong })))
      return askToken(gateway(s), client)
    },
    status: 200,
  },
]

export const keyRows = numbered('key', [...keys, ...addresses, ...places, ...strangers])
