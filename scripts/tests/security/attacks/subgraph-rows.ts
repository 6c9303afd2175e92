import { createHash, createHmac } from 'node:crypto'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { createSigner } from '@renmai/platform/serve/viewer'
import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import { SERVICES } from '../../../compose-supergraph.ts'
import { type Answered, call } from '../../bad-input/row.ts'
import { type Attack, type Callers, GOOD, json, NOBODY, numbered } from './callers.ts'

type Service = (typeof SERVICES)[number]
const QUERY = JSON.stringify({ query: '{ __typename }' })
const now = () => Math.floor(Date.now() / 1_000)
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const digest = (body: string) => createHash('sha256').update(body).digest('base64url')

type Forged = { claims?: object; header?: object; secret?: string; algorithm?: string; signed?: string; sent?: string }

/** A request to a subgraph with a token as the gateway makes it, except for the given changes. */
function ask({ whole }: Callers, service: Service, forged: Forged = {}): Promise<Answered> {
  const { claims = {}, header = {}, signed = QUERY, sent = signed, algorithm = 'sha256' } = forged
  const secret = whole.platform.secrets.internalSecrets[service]!
  const said = {
    iss: 'renmai-gateway',
    aud: service,
    kind: 'STAFF',
    sub: newId(),
    tid: whole.tenantId,
    scope: ALL_SCOPES.join(' '),
    body: digest(signed),
    iat: now(),
    exp: now() + 60,
    ...claims,
  }
  const named = JSON.parse(Buffer.from(createSigner(secret).header, 'base64url').toString()) as object
  const text = `${encode({ ...named, ...header })}.${encode(said)}`
  const seal =
    algorithm &&
    createHmac(algorithm, forged.secret ?? secret)
      .update(text)
      .digest('base64url')
  return send(whole, service, `${text}.${seal}`, sent)
}

const send = ({ client }: Callers['whole'], service: Service, credential: string | undefined, body: string) =>
  call(`${client.endpoints.services[service]}/graphql`, {
    headers: { ...json, ...(credential ? { authorization: `Bearer ${credential}` } : {}) },
    body,
  })

/** One row for each of the five, since each checks for itself. */
const everywhere = (what: string, attack: (s: Callers, service: Service) => Promise<Answered>): Omit<Attack, 'id'>[] =>
  SERVICES.map((service) => ({ what: `${what}, to ${service}`, send: (s) => attack(s, service), ...NOBODY }))
const forged = (what: string, make: (s: Callers) => Forged): Omit<Attack, 'id'> => ({
  what,
  send: (s) => ask(s, 'identity', make(s)),
  ...NOBODY,
})

const callers = [
  ...SERVICES.map(
    (service): Omit<Attack, 'id'> => ({
      what: `what the gateway sends, to ${service}, which is answered`,
      send: (s) => ask(s, service),
      ...GOOD,
    }),
  ),
  ...everywhere('no token', ({ whole }, service) => send(whole, service, undefined, QUERY)),
  ...everywhere('no token, requesting the schema', ({ whole }, service) =>
    send(whole, service, undefined, JSON.stringify({ query: '{ _service { sdl } }' })),
  ),
  ...everywhere("a staff member's token", async ({ whole }, service) => send(whole, service, await whole.client.token(), QUERY)),
  ...everywhere('an API key', ({ whole, key }, service) => send(whole, service, key, QUERY)),
  ...everywhere('the token of a body that has one space more', (s, service) => ask(s, service, { sent: `${QUERY} ` })),
  ...everywhere("a token by another service's secret", (s, service) => {
    const other = SERVICES.find((one) => one !== service)!
    return ask(s, service, { secret: s.whole.platform.secrets.internalSecrets[other]! })
  }),
  ...everywhere('a token for another service', (s, service) =>
    ask(s, service, { claims: { aud: SERVICES.find((one) => one !== service) } }),
  ),
  ...everywhere('an expired token', (s, service) => ask(s, service, { claims: { iat: now() - 120, exp: now() - 60 } })),
]

const tokens = [
  forged('a token for the same query with other variables', () => ({
    sent: JSON.stringify({ query: '{ __typename }', variables: { a: 1 } }),
  })),
  forged('a token of tomorrow', () => ({ claims: { iat: now() + 86_400, exp: now() + 86_460 } })),
  forged('a token that was made a day ago and ends in a year', () => ({ claims: { iat: now() - 86_400, exp: now() + 31_536_000 } })),
  forged('a token without an end', () => ({ claims: { exp: undefined } })),
  forged('a token without a moment', () => ({ claims: { iat: undefined } })),
  forged('HS384', () => ({ header: { alg: 'HS384' }, algorithm: 'sha384' })),
  forged('HS512', () => ({ header: { alg: 'HS512' }, algorithm: 'sha512' })),
  forged('no algorithm', () => ({ header: { alg: 'none' }, algorithm: '' })),
  forged('an empty secret', () => ({ secret: '' })),
  forged('the name of a secret that nobody has', () => ({ header: { kid: '__proto__' } })),
  forged('no name of a secret', () => ({ header: { kid: undefined } })),
  forged('a token of another type', () => ({ header: { typ: 'at+jwt' } })),
  forged('another issuer', () => ({ claims: { iss: 'renmai' } })),
  forged('no tenant', () => ({ claims: { tid: undefined } })),
  forged('a tenant that is no id', () => ({ claims: { tid: "x' OR '1'='1" } })),
  forged('a tenant in upper case', ({ whole }) => ({ claims: { tid: whole.tenantId.toUpperCase() } })),
  forged('a list of tenants', ({ whole, victim }) => ({ claims: { tid: [whole.tenantId, victim.tenantId] } })),
  forged('no digest of the body', () => ({ claims: { body: undefined } })),
  forged('a list as digest of the body', () => ({ claims: { body: [] } })),
  forged('no subject', () => ({ claims: { sub: undefined } })),
  forged('no kind of viewer', () => ({ claims: { kind: undefined } })),
]

const entity = ({ theirs }: Callers, more: object) =>
  JSON.stringify({
    query: 'query E($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { createdAt } } }',
    variables: { r: [{ __typename: 'Customer', id: readGlobalId(theirs.customerId)!.id, ...more }] },
  })
const NOTHING = /^(?!.*"createdAt":"2).*_entities/s

/** Requests of a caller that can make valid tokens for its own tenant and scopes. */
const insiders: Omit<Attack, 'id'>[] = [
  ...[{}, { tenantId: 'victim' }, { tid: 'victim' }, { tenant_id: 'victim' }].map(
    (names): Omit<Attack, 'id'> => ({
      what: `the victim's customer as an entity${Object.keys(names).map((name) => ` with ${name}`)}`,
      send: (s) =>
        ask(s, 'identity', { signed: entity(s, Object.fromEntries(Object.keys(names).map((name) => [name, s.victim.tenantId]))) }),
      status: 200,
      code: /^(NOT_FOUND)?$/,
      text: NOTHING,
    }),
  ),
  {
    what: 'an entity, with a token that has no scope',
    send: (s) => ask(s, 'identity', { signed: entity(s, {}), claims: { scope: '', tid: s.victim.tenantId } }),
    status: 200,
    code: /^(FORBIDDEN|UNAUTHORIZED_FIELD_OR_TYPE)$/,
    text: /^(?!.*"createdAt":"2)/s,
  },
  {
    what: 'a mutation for staff, with the token of a client',
    send: (s) =>
      ask(s, 'identity', {
        signed: JSON.stringify({
          query: 'mutation M($input: AddStaffInput!) { addStaff(input: $input) { staff { id } } }',
          variables: { input: { idempotencyKey: newId(), subject: 'x', name: 'x', roles: ['OWNER'] } },
        }),
        claims: { kind: 'CLIENT' },
      }),
    status: 200,
    code: /^(FORBIDDEN|UNAUTHORIZED_FIELD_OR_TYPE)$/,
  },
]

export const subgraphRows = numbered('subgraph', [...callers, ...tokens, ...insiders])
