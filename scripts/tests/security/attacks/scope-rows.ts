import { newId } from '@renmai/platform/serve/ids'
import { ask } from '../../bad-input/row.ts'
import { type Attack, addClient, askAs, askWith, type Callers, DENIED, numbered } from './callers.ts'

const DENIED_ONCE = { status: 200, code: /^UNAUTHORIZED_FIELD_OR_TYPE$/ }
const reads = (what: string, query: string, wanted: Pick<Attack, 'status' | 'code' | 'text'> = DENIED, variables?: object) => ({
  what: `a client that may read customers reads ${what}`,
  send: (s: Callers) => askAs(s, ['customers:read'], query, variables),
  ...wanted,
})

/** Paths from objects that a client may read to objects that it may not. */
const ways = [
  ...[
    'orders { nodes { id } }',
    'orderSummary { paidOrders }',
    'messages { nodes { id } }',
    'coupons { nodes { id } }',
    'segments { nodes { id } }',
    'consents { nodes { id } }',
    'rfm { label }',
  ].map((field) => reads(`a customer's ${field}`, `{ customers(first: 1) { nodes { id ${field} } } }`)),
  reads('names', '{ customers(first: 1) { nodes { id displayName } } }', DENIED_ONCE),
  reads('names by an alias', '{ customers(first: 1) { nodes { tags: displayName } } }', DENIED_ONCE),
  reads('names by the alias of the id', '{ customers(first: 1) { nodes { id: displayName orders { nodes { id } } } } }', {
    status: 400,
    code: /^GRAPHQL_VALIDATION_FAILED/,
  }),
  reads('names by the alias of the type', '{ customers(first: 1) { nodes { __typename: displayName } } }', {
    status: 400,
    code: /^GRAPHQL_VALIDATION_FAILED/,
  }),
  reads('names in a fragment', '{ customers(first: 1) { nodes { ...F } } } fragment F on Customer { displayName }', DENIED_ONCE),
  reads(
    'names in a fragment on Node',
    '{ customers(first: 1) { nodes { ... on Node { ... on Customer { displayName } } } } }',
    DENIED_ONCE,
  ),
  reads(
    'names that are included',
    'query Q($yes: Boolean!) { customers(first: 1) { nodes { displayName @include(if: $yes) } } }',
    DENIED_ONCE,
    { yes: true },
  ),
  reads(
    'names that are not skipped',
    'query Q($no: Boolean!) { customers(first: 1) { nodes { displayName @skip(if: $no) } } }',
    DENIED_ONCE,
    { no: false },
  ),
  reads('the type of what it may not read', '{ orders(first: 1) { __typename } }', DENIED_ONCE),
  reads('only the number of what it may not read', '{ orders(first: 1) { totalCount } }', DENIED_ONCE),
  reads('its API clients', '{ apiClients(first: 1) { nodes { keyId } } }', DENIED_ONCE),
  reads('whose phone it is', '{ customerByIdentifier(namespace: "phone", value: "13712345678") { id } }', {
    status: 200,
    code: /^FORBIDDEN$/,
  }),
  reads('whose phone it is, written in another way', '{ customerByIdentifier(namespace: "PHONE", value: "+86 137 1234 5678") { id } }', {
    status: 200,
    code: /^(FORBIDDEN|BAD_USER_INPUT)$/,
  }),
  reads('whose phone it is, as if of an app', '{ customerByIdentifier(namespace: "phone@", value: "13712345678") { id } }', {
    status: 200,
    code: /^(FORBIDDEN|BAD_USER_INPUT)$/,
  }),
  reads('whose mail it is', '{ customerByIdentifier(namespace: "email", value: "a@b.example") { id } }', {
    status: 200,
    code: /^FORBIDDEN$/,
  }),
]

/** Ids of objects that a client may not read, at each field that finds an object by id. */
const nodes: Omit<Attack, 'id'>[] = [
  {
    what: 'a client that may only write customers opens one by its id',
    send: (s) => askAs(s, ['customers:write'], 'query N($id: ID!) { node(id: $id) { __typename id } }', { id: s.own.customerId }),
    status: 200,
    text: /"node":null/,
  },
  {
    what: 'a client that may only write customers opens several by their ids',
    send: (s) => askAs(s, ['customers:write'], 'query N($ids: [ID!]!) { nodes(ids: $ids) { __typename } }', { ids: [s.own.customerId] }),
    status: 200,
    text: /"nodes":\[null\]/,
  },
  ...[['account', (s: Callers) => s.source.id] as const].map(
    ([what, idOf]): Omit<Attack, 'id'> => ({
      what: `a client that may read customers opens an ${what} by its id`,
      send: (s) => askAs(s, ['customers:read'], 'query N($id: ID!) { node(id: $id) { __typename id } }', { id: idOf(s) }),
      status: 200,
      text: /"node":null/,
    }),
  ),
]

const writes = (scopes: string[], field: string, type: string, input: object, wanted: Pick<Attack, 'status' | 'code'> = DENIED) => ({
  what: `a client with ${scopes.join(' and ')} runs ${field}`,
  send: (s: Callers) =>
    askAs(s, scopes, `mutation M($input: ${type}!) { ${field}(input: $input) { __typename } }`, {
      input: { idempotencyKey: newId(), ...input },
    }),
  ...wanted,
})

const mutations = [
  writes(['customers:read'], 'createTagGroup', 'CreateTagGroupInput', { name: 'x' }),
  writes(['customers:read'], 'runBulkQuery', 'RunBulkQueryInput', { query: '{ customers { nodes { id } } }' }),
  writes(
    ['exports:write'],
    'runBulkQuery',
    'RunBulkQueryInput',
    { query: '{ customers { nodes { id } } }' },
    { status: 200, code: /^(FORBIDDEN|BAD_USER_INPUT)$/ },
  ),
  writes(
    ['webhooks:write'],
    'createWebhookEndpoint',
    'CreateWebhookEndpointInput',
    { url: 'http://127.0.0.1:1024/x', document: 'subscription { customerChanged { id } }' },
    {
      status: 200,
      code: /^FORBIDDEN$/,
    },
  ),
  ...[
    ['createApiClient', 'CreateApiClientInput', { name: 'x', scopes: ['customers:read'] }],
    ['addStaff', 'AddStaffInput', { subject: 'x', name: 'x', roles: ['OWNER'] }],
    ['rotateApiKey', 'RotateApiKeyInput', { clientId: newId() }],
    ['revokeApiClient', 'RevokeApiClientInput', { clientId: newId() }],
  ].map(([field, type, input]) => ({
    what: `a key with every scope runs ${String(field)}, which is for staff`,
    send: (s: Callers) =>
      ask(s, `mutation M($input: ${String(type)}!) { ${String(field)}(input: $input) { __typename } }`, {
        input: { idempotencyKey: newId(), ...(input as object) },
      }),
    ...DENIED,
  })),
]

/** A partner sees the public schema only, whatever its scopes. */
const partners = [
  ['a field that is not public', '{ apiClients(first: 1) { nodes { id } } }'],
  ['a type that is not public', '{ node(id: "x") { ... on ApiClient { keyId } } }'],
  ['a mutation that is not public', 'mutation { addStaff(input: { idempotencyKey: "12345678" }) { __typename } }'],
  ['a field that is almost public', '{ apiClien { id } }'],
  ['entities', '{ _entities(representations: [{ __typename: "Customer" }]) { __typename } }'],
].map(([what, query]) => ({
  what: `a partner with every scope queries ${what!}`,
  send: async (s: Callers) => {
    const { key } = await addClient(s.whole, ['customers:read', 'tenant:admin', 'audit:read'], { kind: 'PARTNER' })
    return askWith(s.whole.client.endpoints.publicGraphql, key, query!)
  },
  status: 400,
  code: /^GRAPHQL_VALIDATION_FAILED/,
  text: /^(?!.*did you mean)/is,
}))

/** An answer does not repeat the caller's input, since others log answers. */
const echoes = [
  '{ customers(first: "secret-phone") { nodes { id } } }',
  '{ customer(id: "secret-phone") { id } }',
  '{ kpis(from: "secret-phone", to: "2026-01-01") { isComplete } }',
].map((query) => ({
  what: `a value that is wrong, ${query.slice(2, 22)}`,
  send: (s: Callers) => ask(s, query),
  status: [200, 400],
  text: /^(?!.*secret-phone)/s,
}))

export const scopeRows = numbered('scope', [...ways, ...nodes, ...mutations, ...partners, ...echoes])
