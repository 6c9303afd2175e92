import { createHash } from 'node:crypto'
import { newId } from '@renmai/platform/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import { CSV_MAPPING } from '../../../demo/people.ts'
import { type Answered, ask, call, write as send } from '../../bad-input/row.ts'
import { write } from '../../bad-input/stage.ts'
import { type Attack, addClient, askWith, type Callers, GOOD, NO_PATH, numbered } from './callers.ts'

const graphql = ({ whole }: Callers) => whole.client.endpoints.graphql
const CREATE = 'mutation M($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id name } } }'
const input = (idempotencyKey: string, name: string) => ({ input: { idempotencyKey, name } })
const key = ({ victim }: Callers, field: string) =>
  createHash('sha256')
    .update(victim.tenantId + field)
    .digest('hex')

/** Keys of the victim's requests, whose answers are the victim's. */
const idempotency: Omit<Attack, 'id'>[] = [
  {
    what: "the victim's idempotency key with the victim's input makes a thing of the attacker's own",
    send: (s) => replay(s, 'theirs', 'same', ({ victim }) => victim.key),
    ...GOOD,
    text: /^(?!.*idempotentReplay).*"name":"theirs-same"/s,
  },
  {
    what: "the victim's idempotency key with other input is not known to be used",
    send: async (s) => {
      await replay(s, 'theirs', 'other', ({ victim }) => victim.key)
      return askWith(graphql(s), s.key, CREATE, input(`${key(s, 'other')}-`, 'attacker-other'))
    },
    ...GOOD,
  },
  {
    what: "another client's idempotency key in the same tenant gives nothing of its answer",
    send: async (s) => {
      const { key: other } = await addClient(s.whole, ['customers:write'])
      return replay(s, 'colleague', 'same', () => other)
    },
    status: 200,
    code: /^IDEMPOTENCY_KEY_REUSED$/,
    text: /^(?!.*colleague-same)/s,
  },
]

/** Sends as the attacker what somebody else has sent before. */
async function replay(s: Callers, who: string, what: string, keyOf: (s: Callers) => string): Promise<Answered> {
  const sent = input(key(s, what), `${who}-${what}`)
  await askWith(graphql(s), keyOf(s), CREATE, sent)
  return askWith(graphql(s), s.key, CREATE, sent)
}

const cursorOf = async (s: Callers, list: string): Promise<string> => {
  const { text } = await ask(s, `{ ${list}(first: 1) { pageInfo { endCursor } } }`)
  return (JSON.parse(text) as { data: Record<string, { pageInfo: { endCursor: string } }> }).data[list]!.pageInfo.endCursor
}
const CHANGES: Record<string, (cursor: string, s: Callers) => string> = {
  'of which a letter is changed': (cursor) => (cursor[0] === 'A' ? 'B' : 'A') + cursor.slice(1),
  'of which the last letter is cut': (cursor) => cursor.slice(0, -1),
  'without its seal': (cursor) => cursor.split('.')[0]!,
  'whose seal is empty': (cursor) => `${cursor.split('.')[0]}.`,
  'with another place and the old seal': (cursor) => `${Buffer.from(newId()).toString('base64url')}.${cursor.split('.')[1]}`,
  twice: (cursor) => cursor + cursor,
}
const cursors = Object.entries(CHANGES).flatMap(([what, change]) =>
  ['after', 'before'].map(
    (side): Omit<Attack, 'id'> => ({
      what: `a cursor ${what} as ${side}`,
      send: async (s) =>
        ask(s, `query C($at: String!) { auditEntries(${side}: $at) { nodes { seq } } }`, {
          at: change(await cursorOf(s, 'auditEntries'), s),
        }),
      status: 200,
      code: /^BAD_USER_INPUT$/,
    }),
  ),
)
/** A cursor of the attacker's own is a place in a list of the attacker's own, if it is one there at all. */
const crossed = ['customers', 'orders', 'liveCodes', 'messages', 'decisions', 'apiClients', 'webhookEndpoints', 'reviewCases'].map(
  (list): Omit<Attack, 'id'> => ({
    what: `a cursor of the audit log in the list of ${list}`,
    send: async (s) => ask(s, `query C($at: String!) { ${list}(after: $at) { nodes { id } } }`, { at: await cursorOf(s, 'auditEntries') }),
    status: 200,
    code: /^(BAD_USER_INPUT)?$/,
  }),
)

type Import = { tenantId: string; importId: string; ticket: string; url: string }
async function startImport(s: Callers, credential: string, accountId: string): Promise<Import> {
  const { uploadPath } = await write<{ uploadPath: string }>(
    s.whole,
    credential,
    'startOrderImport',
    'StartOrderImportInput',
    'uploadPath',
    {
      ...{ accountId, fileName: 'x.csv', sha256: 'a'.repeat(64), mapping: CSV_MAPPING, currency: 'CNY', zone: 'Asia/Shanghai' },
    },
  )
  const [path, ticket] = uploadPath.split('?ticket=')
  const [tenantId, importId] = path!.split('/').slice(-2)
  return { tenantId: tenantId!, importId: importId!, ticket: decodeURIComponent(ticket!), url: s.whole.client.endpoints.intake }
}
const part = (ticket: string, no: number, value: string) => ticket.split('.').with(no, value).join('.')
const own = (s: Callers) => startImport(s, s.key, s.source.id)
const theirs = (s: Callers) => startImport(s, s.victim.key, s.theirs.accountId)

/** What a ticket opens is said by its seal; each is one of the attacker's own but for what is named. */
const TICKETS: Record<string, (s: Callers) => Promise<Import>> = {
  "for the attacker's import at the victim's": async (s) => ({ ...(await theirs(s)), ticket: (await own(s)).ticket }),
  "for the attacker's import at the victim's tenant": async (s) => ({ ...(await own(s)), tenantId: s.victim.tenantId }),
  "for the victim's import at the attacker's": async (s) => ({ ...(await own(s)), ticket: (await theirs(s)).ticket }),
  'for another import of the same tenant': async (s) => ({ ...(await own(s)), ticket: (await own(s)).ticket }),
  'of another viewer': async (s) => change(await own(s), (ticket) => part(ticket, 1, newId())),
  'of another kind of viewer': async (s) => change(await own(s), (ticket) => part(ticket, 0, 'STAFF')),
  'that ends a year later': async (s) => change(await own(s), (ticket) => part(ticket, 2, String(Date.now() + 31_536_000_000))),
  'that never ends': async (s) => change(await own(s), (ticket) => part(ticket, 2, 'NaN')),
  'without a seal': async (s) => change(await own(s), (ticket) => part(ticket, 3, '')),
  'of nothing': async (s) => change(await own(s), () => ''),
  'for a tenant in upper case': async (s) => {
    const made = await own(s)
    return { ...made, tenantId: made.tenantId.toUpperCase() }
  },
}
const change = (made: Import, how: (ticket: string) => string) => ({ ...made, ticket: how(made.ticket) })
const tickets = Object.entries(TICKETS).flatMap(([what, make]) =>
  [
    ['PUT', ''],
    ['GET', '/errors.csv'],
  ].map(
    ([method, file]): Omit<Attack, 'id'> => ({
      what: `${method} with a ticket ${what}`,
      send: async (s) => {
        const { url, tenantId, importId, ticket } = await make(s)
        const address = `${url}/v1/imports/${tenantId}/${importId}${file}?ticket=${encodeURIComponent(ticket)}`
        return call(address, {
          method: method!,
          ...(method === 'PUT' ? { headers: { 'content-type': 'text/csv' }, body: 'order_no\n' } : {}),
        })
      },
      ...NO_PATH,
    }),
  ),
)

/** Files that are whole, by the client that had them made. */
async function makeFile(s: Callers, credential: string): Promise<URL> {
  const begun = await write<{ operation: { id: string } }>(
    s.whole,
    credential,
    'bulkOperationRunQuery',
    'BulkOperationRunQueryInput',
    'operation { id }',
    {
      query: '{ customers { nodes { id } } }',
    },
  )
  return eventually(async () => {
    const { text } = await askWith(graphql(s), credential, 'query B($id: ID!) { bulkOperation(id: $id) { url } }', begun.operation)
    return new URL((JSON.parse(text) as { data: { bulkOperation: { url: string } } }).data.bulkOperation.url)
  })
}
const fetchFile = (url: URL) => call(url.href, { method: 'GET' })
const withTicket = (url: URL, ticket: string) => Object.assign(new URL(url), { search: `?ticket=${encodeURIComponent(ticket)}` })
const ticketOf = (url: URL) => url.searchParams.get('ticket')!
const LINKS: Record<string, (s: Callers, own: URL) => Promise<URL> | URL> = {
  "with the attacker's ticket to the victim's file": async (s, own) => withTicket(await makeFile(s, s.victim.key), ticketOf(own)),
  "of the attacker's file in the victim's tenant": (s, own) => new URL(own.href.replace(s.whole.tenantId, s.victim.tenantId)),
  'of another file': async (s, own) => withTicket(await makeFile(s, (await addClient(s.whole, ALL_SCOPES)).key), ticketOf(own)),
  'of another viewer': (_s, own) => withTicket(own, part(ticketOf(own), 1, newId())),
  'that ends a year later': (_s, own) => withTicket(own, part(ticketOf(own), 0, String(Date.now() + 31_536_000_000))),
  'without a ticket': (_s, own) => withTicket(own, ''),
}
const links = [
  ...Object.entries(LINKS).map(
    ([what, make]): Omit<Attack, 'id'> => ({
      what: `the link to a file ${what}`,
      send: async (s) => fetchFile(await make(s, await makeFile(s, (await addClient(s.whole, ALL_SCOPES)).key))),
      ...NO_PATH,
    }),
  ),
  {
    what: 'the link to a file of a client that was revoked',
    send: async (s: Callers) => {
      const client = await addClient(s.whole, ALL_SCOPES)
      const url = await makeFile(s, client.key)
      await write(s.whole, await s.whole.client.token(), 'revokeApiClient', 'RevokeApiClientInput', 'client { id }', {
        clientId: client.id,
      })
      return fetchFile(url)
    },
    ...NO_PATH,
  },
]

const documents: Omit<Attack, 'id'>[] = [
  {
    what: 'the hash of a document that the victim has published',
    send: async (s) => {
      const body = `query V { tenant { id } } # ${newId()}`
      const hash = createHash('sha256').update(body).digest('hex')
      await write(s.whole, s.victim.key, 'publishDocuments', 'PublishDocumentsInput', 'added', { documents: [{ hash, body }] })
      return call(graphql(s), {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${s.key}` },
        body: JSON.stringify({ documentId: `sha256:${hash}` }),
      })
    },
    status: 400,
    code: /^PERSISTED_QUERY_NOT_FOUND$/,
  },
  {
    what: "a webhook endpoint for the victim's client",
    send: async (s) => {
      const { text } = await askWith(graphql(s), s.victim.key, '{ apiClients(first: 1) { nodes { id } } }')
      const clientId = (JSON.parse(text) as { data: { apiClients: { nodes: { id: string }[] } } }).data.apiClients.nodes[0]!.id
      const document = 'subscription { customerChanged { id } }'
      return send(s, 'createWebhookEndpoint', 'CreateWebhookEndpointInput', { clientId, url: 'http://127.0.0.1:1024/x', document })
    },
    status: 200,
    code: /^(NOT_FOUND|FORBIDDEN)$/,
  },
]

export const tenantRows = numbered('tenant', [...idempotency, ...cursors, ...crossed, ...tickets, ...links, ...documents])
