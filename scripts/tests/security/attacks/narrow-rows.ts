import { newId } from '@renmai/platform/serve/ids'
import type { Answered } from '../../bad-input/row.ts'
import { type Attack, addClient, askWith, type Callers, DENIED, numbered, originOf, tokenOf } from './callers.ts'
import { runBulk } from './prepared.ts'

const SCOPES = ['customers:read', 'personal:read', 'orders:read', 'exports:write', 'webhooks:read', 'webhooks:write']
const NAMES = '{ customers { nodes { id displayName } } }'

/** Gets a token with fewer scopes than its client has. */
async function narrowed(s: Callers, scope: string): Promise<string> {
  return tokenOf(originOf(s.whole.client.endpoints.graphql), await addClient(s.whole, SCOPES), scope)
}
const run = async (s: Callers, scope: string, field: string, type: string, input: object): Promise<Answered> =>
  askWith(
    s.whole.client.endpoints.graphql,
    await narrowed(s, scope),
    `mutation M($input: ${type}!) { ${field}(input: $input) { __typename } }`,
    {
      input: { idempotencyKey: newId(), ...input },
    },
  )
const reads = (what: string, scope: string, query: string): Omit<Attack, 'id'> => ({
  what: `a token for ${scope} reads ${what}`,
  send: async (s) => askWith(s.whole.client.endpoints.graphql, await narrowed(s, scope), query),
  ...DENIED,
})
const REFUSED = { status: 200, code: /^FORBIDDEN$/ }
const url = 'http://127.0.0.1:1024/x'

/** Operations that the client may run and the token may not, including results that come later. */
const rows: Omit<Attack, 'id'>[] = [
  reads('customers', 'exports:write', NAMES),
  reads('names', 'customers:read', NAMES),
  reads('orders', 'customers:read personal:read', '{ orders(first: 1) { nodes { id } } }'),
  {
    what: 'a token for exports has a file made of customers',
    send: (s) => run(s, 'exports:write', 'runBulkQuery', 'RunBulkQueryInput', { query: '{ customers { nodes { id } } }' }),
    ...REFUSED,
  },
  ...[
    ['exports:write customers:read', 'FAILED'],
    ['exports:write customers:read personal:read', 'COMPLETED'],
  ].map(
    ([scope, status]): Omit<Attack, 'id'> => ({
      what: `a token for ${scope} has a file made of names: ${status}`,
      send: async (s) => ({
        status: 200,
        codes: '',
        headers: {},
        text: JSON.stringify(await runBulk(s, await narrowed(s, scope!), NAMES)),
      }),
      status: 200,
      text: new RegExp(`"state":"${status}"`),
    }),
  ),
  {
    what: 'a token for webhooks has customers sent to it',
    send: (s) =>
      run(s, 'webhooks:write', 'createWebhookEndpoint', 'CreateWebhookEndpointInput', {
        url,
        document: 'subscription { customerChanged { id displayName } }',
      }),
    ...REFUSED,
  },
  {
    what: 'a token for files runs what needs webhooks',
    send: (s) =>
      run(s, 'exports:write', 'createWebhookEndpoint', 'CreateWebhookEndpointInput', {
        url,
        document: 'subscription { customerChanged { id } }',
      }),
    ...DENIED,
  },
]

export const narrowRows = numbered('narrow', rows)
