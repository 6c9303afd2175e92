import { newId } from '@renmai/platform/serve/ids'
import { ALL_SCOPES } from '@renmai/platform/testing/viewers'
import { ask, call, post, write as send } from '../../bad-input/row.ts'
import { write } from '../../bad-input/stage.ts'
import { type Attack, addClient, askWith, type Callers, GOOD, NO_PATH, numbered } from './callers.ts'
import { type Import, makeFile, startImport } from './prepared.ts'

const graphql = ({ whole }: Callers) => whole.client.endpoints.graphql
const CREATE = 'mutation M($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id name } } }'
const input = (idempotencyKey: string, name: string) => ({ input: { idempotencyKey, name } })
/** Idempotency keys of the victim, whose remembered answers must stay private. */
const idempotency: Omit<Attack, 'id'>[] = [
  {
    what: "the victim's idempotency key with the victim's input makes the attacker's own object",
    send: (s) => askWith(graphql(s), s.key, CREATE, input(s.prepared.keys.same!, 'theirs-same')),
    ...GOOD,
    text: /^(?!.*idempotentReplay).*"name":"theirs-same"/s,
  },
  {
    what: "the victim's idempotency key with other input is not known to be used",
    send: (s) => askWith(graphql(s), s.key, CREATE, input(s.prepared.keys.other!, 'not-theirs')),
    ...GOOD,
    text: /^(?!.*idempotentReplay).*"name":"not-theirs"/s,
  },
  {
    what: "another client's idempotency key in the same tenant gives nothing of its answer",
    send: async (s) => {
      const sent = input(newId(), 'colleague')
      await askWith(graphql(s), (await addClient(s.whole, ['customers:write'])).key, CREATE, sent)
      return askWith(graphql(s), s.key, CREATE, sent)
    },
    status: 200,
    code: /^IDEMPOTENCY_KEY_REUSED$/,
    text: /^(?!.*colleague)/s,
  },
]

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
/** A cursor of another list of the attacker: it is refused, or it is a place in the attacker's own list. */
const crossed = ['customers', 'orders', 'liveCodes', 'messages', 'sendDecisions', 'apiClients', 'webhookEndpoints', 'reviewCases'].map(
  (list): Omit<Attack, 'id'> => ({
    what: `a cursor of the audit log in the list of ${list}`,
    send: async (s) => ask(s, `query C($at: String!) { ${list}(after: $at) { nodes { id } } }`, { at: await cursorOf(s, 'auditEntries') }),
    status: 200,
    code: /^(BAD_USER_INPUT)?$/,
  }),
)

const part = (ticket: string, no: number, value: string) => ticket.split('.').with(no, value).join('.')
const own = (s: Callers) => startImport(s, s.key, s.source.id)

/** The seal decides what a ticket opens. Each is the attacker's own ticket, except for the named part. */
const TICKETS: Record<string, (s: Callers) => Promise<Import>> = {
  "for the attacker's import at the victim's": async (s) => ({ ...s.prepared.import, ticket: (await own(s)).ticket }),
  "for the attacker's import at the victim's tenant": async (s) => ({ ...(await own(s)), tenantId: s.victim.tenantId }),
  "for the victim's import at the attacker's": async (s) => ({ ...(await own(s)), ticket: s.prepared.import.ticket }),
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

const fetchFile = (url: URL) => call(url.href, { method: 'GET' })
const withTicket = (url: URL, ticket: string) => Object.assign(new URL(url), { search: `?ticket=${encodeURIComponent(ticket)}` })
const ticketOf = (url: URL) => url.searchParams.get('ticket')!
const LINKS: Record<string, (s: Callers, own: URL) => Promise<URL> | URL> = {
  "with the attacker's ticket to the victim's file": async (s, own) => withTicket(s.prepared.file, ticketOf(own)),
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
    send: (s) => post(s, { documentId: `sha256:${s.prepared.hash}` }),
    status: 400,
    code: /^PERSISTED_QUERY_NOT_FOUND$/,
  },
  {
    what: "a webhook endpoint for the victim's client",
    send: (s) => {
      const { clientId } = s.prepared
      const document = 'subscription { customerChanged { id } }'
      return send(s, 'createWebhookEndpoint', 'CreateWebhookEndpointInput', { clientId, url: 'http://127.0.0.1:1024/x', document })
    },
    status: 200,
    code: /^(NOT_FOUND|FORBIDDEN)$/,
  },
]

export const tenantRows = numbered('tenant', [...idempotency, ...cursors, ...crossed, ...tickets, ...links, ...documents])
