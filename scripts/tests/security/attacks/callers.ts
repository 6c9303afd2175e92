import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { type OwnIssuer, startOwnIssuer } from '../../bad-input/credential-rows.ts'
import { type Answered, ask, call, type Headers, type Row, type Stage } from '../../bad-input/row.ts'
import { openStage, pageView, write } from '../../bad-input/stage.ts'
import type { Whole } from '../../whole.ts'
import { type Prepared, prepare } from './prepared.ts'

/** The stage with an issuer of staff tokens whose key the attacker has. */
export type Callers = Stage & { issuer: OwnIssuer; own: { customerId: string; profileId: string }; prepared: Prepared }
export type Attack = Row<Callers>

/** Opens the stage, with a customer of the attacker and data that the victim made before the attacks. */
export async function openCallers(): Promise<Callers> {
  const stage = await openStage()
  const issuer = await startOwnIssuer(stage.whole)
  const login = newId()
  const events = [pageView(login)]
  await write(stage.whole, stage.key, 'ingestEvents', 'IngestEventsInput', 'accepted', { accountId: stage.source.id, events })
  const own = await eventually(async () => {
    const { text } = await ask(stage, `{ customerByIdentifier(namespace: "login", value: "${login}") { id profiles { nodes { id } } } }`)
    const { data } = JSON.parse(text) as { data: { customerByIdentifier: { id: string; profiles: { nodes: { id: string }[] } } } }
    return { customerId: data.customerByIdentifier.id, profileId: data.customerByIdentifier.profiles.nodes[0]!.id }
  })
  return { ...stage, issuer, own, prepared: await prepare(stage) }
}

export const json = { 'content-type': 'application/json' }
export const TENANT = '{ tenant { id } }'

/** The answer to a refused credential: the same for every reason. */
export const NOBODY = { status: 401, code: /^UNAUTHENTICATED$/ }
/** The answer to a caller that lacks a scope. */
export const DENIED = { status: 200, code: /^UNAUTHORIZED_FIELD_OR_TYPE(,UNAUTHORIZED_FIELD_OR_TYPE)*$/ }
export const REFUSED = { status: 400, code: /^(GRAPHQL_\w+|BAD_USER_INPUT|BAD_REQUEST)(,GRAPHQL_\w+)*$/ }
export const NO_PATH = { status: 404, code: /^NOT_FOUND$/ }
export const GOOD = { status: 200, code: /^$/ }

export const numbered = (name: string, rows: Omit<Attack, 'id'>[]): Attack[] => rows.map((row, no) => ({ id: `${name} ${no + 1}`, ...row }))

export type Client = { id: string; key: string; keyId: string }

/** Makes an API client of the attacker's tenant. */
export async function addClient(whole: Whole, scopes: string[], more: object = {}): Promise<Client> {
  const made = await write<{ key: string; client: { id: string; keyId: string } }>(
    whole,
    await whole.client.token(),
    'createApiClient',
    'CreateApiClientInput',
    'key client { id keyId }',
    { name: newId(), kind: 'OWN', scopes, ...more },
  )
  return { ...made.client, key: made.key }
}

/** Sends an operation with a credential. */
export const askWith = (endpoint: string, credential: string, query: string, variables: object = {}): Promise<Answered> =>
  call(endpoint, { headers: { ...json, authorization: `Bearer ${credential}` }, body: JSON.stringify({ query, variables }) })

/** Sends an operation as a new client that has these scopes and no others. */
export async function askAs({ whole }: Stage, scopes: string[], query: string, variables?: object): Promise<Answered> {
  return askWith(whole.client.endpoints.graphql, (await addClient(whole, scopes)).key, query, variables)
}

export const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

/** Requests an access token. @param origin the gateway */
export function askToken(origin: string, { keyId, key }: Client, form: Record<string, string> = {}, headers: Headers = {}) {
  return call(`${origin}/oauth/token`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: basic(keyId, key), ...headers },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
  })
}

/** @throws Error with the answer where none is given */
export async function tokenOf(origin: string, client: Client, scope?: string): Promise<string> {
  const { text } = await askToken(origin, client, scope ? { scope } : {})
  const { access_token: token } = JSON.parse(text) as { access_token?: string }
  if (!token) throw new Error(text)
  return token
}

export const originOf = (url: string) => new URL(url).origin
