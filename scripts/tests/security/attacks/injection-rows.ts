import { newId } from '@renmai/platform/serve/ids'
import { ask, write } from '../../bad-input/row.ts'
import { type Attack, type Callers, numbered } from './callers.ts'

const SQL = [
  "' OR '1'='1",
  "'; DROP TABLE customers; --",
  "x') UNION SELECT secret_hash FROM api_clients --",
  '$1',
  "\\'; SELECT pg_sleep(9) --",
  "x'||(SELECT current_user)||'",
]

/** Every root field that takes a text of the caller. */
const FILTERS: Record<string, string> = {
  'an order number': 'query Q($v: String!) { orders(filter: { orderNo: $v }) { nodes { id } } }',
  'a shop': 'query Q($v: String!) { orders(filter: { shopId: $v }) { nodes { id } totalCount } }',
  'a namespace': 'query Q($v: String!) { customerByIdentifier(namespace: $v, value: "x") { id } }',
  'an identifier': 'query Q($v: String!) { customerByIdentifier(namespace: "login", value: $v) { id } }',
}
const IDS: Record<string, string> = {
  'a customer': 'query Q($v: ID!) { customer(id: $v) { id } }',
  'a segment': 'query Q($v: ID!) { segment(id: $v) { id } }',
  'an order': 'query Q($v: ID!) { order(id: $v) { id } }',
  'a message': 'query Q($v: ID!) { message(id: $v) { id } }',
  "a journey's messages": 'query Q($v: ID!) { messages(filter: { journeyId: $v }) { nodes { id } } }',
  'an import': 'query Q($v: ID!) { orderImport(id: $v) { id } }',
  'a bulk operation': 'query Q($v: ID!) { bulkOperation(id: $v) { id } }',
  'a webhook endpoint': 'query Q($v: ID!) { webhookEndpoint(id: $v) { id } }',
  'the contacts before an order': 'query Q($v: ID!) { attributionPath(orderId: $v) { type } }',
  'a node': 'query Q($v: ID!) { node(id: $v) { id } }',
}
const NOTHING = /^(?!.*("id":"|secret_hash|syntax error|"totalCount":[1-9]))/s
const sql = Object.entries({ ...FILTERS, ...IDS }).flatMap(([what, query]) =>
  SQL.map(
    (v): Omit<Attack, 'id'> => ({
      what: `${what} named ${v}`,
      send: (s) => ask(s, query, { v }),
      status: 200,
      code: /^(BAD_USER_INPUT|NOT_FOUND)?$/,
      text: NOTHING,
    }),
  ),
)

const inSegments = SQL.flatMap((v) => [
  { attribute: { key: v, operator: 'EQ', values: ['x'] } },
  { attribute: { key: 'x', operator: 'GTE', values: [v] } },
  { behaviour: { type: v } },
  { orders: { minNet: { amount: v, currency: 'CNY' } } },
]).map(
  (definition): Omit<Attack, 'id'> => ({
    what: `a segment of ${JSON.stringify(definition)}`,
    send: (s) => ask(s, 'query P($definition: SegmentClauseInput!) { previewSegment(definition: $definition) { size } }', { definition }),
    status: [200, 400],
    code: /^(BAD_USER_INPUT|NOT_FOUND)?$/,
    text: /^(?!.*"size":[1-9])/s,
  }),
)

const jsonPaths = ['$.*', '$[*] ? (@ != "x")', "a'->'b", '{a,b}', 'x?&|'].map(
  (v): Omit<Attack, 'id'> => ({
    what: `an attribute named ${v}`,
    send: (s) =>
      ask(s, 'query P($definition: SegmentClauseInput!) { previewSegment(definition: $definition) { size } }', {
        definition: { attribute: { key: v, operator: 'EXISTS' } },
      }),
    status: 200,
    code: /^(BAD_USER_INPUT|NOT_FOUND)?$/,
    text: /^(?!.*"size":[1-9])/s,
  }),
)

const template = (what: string, more: object): Omit<Attack, 'id'> => ({
  what: `a template with ${what}`,
  send: (s) =>
    write(s, 'publishMessageTemplate', 'PublishMessageTemplateInput', {
      name: newId(),
      channel: 'EMAIL',
      subject: 'x',
      body: 'x',
      ...more,
    }),
  status: 200,
  code: /^BAD_USER_INPUT$/,
  text: /^(?!.*(ENOENT|package\.json"))/is,
})
const templates = [
  ...['include', 'render', 'layout', 'block', 'tablerow', 'increment', 'decrement'].map((tag) =>
    template(`the tag ${tag}`, { body: `{% ${tag} '.renmai/secrets.json' %}` }),
  ),
  template('a file in its subject', { subject: "{% include 'package.json' %}" }),
  template('a constructor', { body: "{{ contact['constructor']['constructor'] }}{{ x.constructor.name }}" }),
  template('a filter that nobody has', { body: "{{ 'x' | constructor }}" }),
  template('a tag that is not closed', { body: '{% for a in (1..2) %}' }),
  template('1 MB of braces in 100,000 letters', { body: '{{'.repeat(50_000) }),
]

const FROM = [
  'a@b.example\r\nBcc: c@d.example',
  'a@b.example\nBcc: c@d.example',
  'a@b.example, c@d.example',
  'x <a@b.example>\r\n',
  '"a\r\n"@b.example',
  'a@b.example\u0000',
]
const senders = FROM.map(
  (from): Omit<Attack, 'id'> => ({
    what: `mail from ${JSON.stringify(from)}`,
    send: (s) =>
      write(s, 'connectSmtp', 'ConnectSmtpInput', { name: newId(), host: '127.0.0.1', port: s.whole.client.endpoints.smtpPort, from }),
    status: [200, 400],
    code: /^(BAD_USER_INPUT|BAD_REQUEST)$/,
  }),
)

const ADDRESSES = [
  'x,victim@mt.example',
  'group:victim@mt.example;',
  'a@b.example\r\nRCPT TO:<c@d.example>',
  '<a@b.example>',
  'a@b.example (c)',
]
/** A text that a mail server reads as several addresses is not an address. */
const recipients = ADDRESSES.map(
  (value): Omit<Attack, 'id'> => ({
    what: `a person whose mail address is ${JSON.stringify(value)}`,
    send: (s: Callers) => {
      const event = {
        messageId: newId(),
        type: 'page_view',
        occurredAt: new Date().toISOString(),
        identifiers: [{ namespace: 'email', value }],
      }
      return ask(s, 'mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted rejected } }', {
        input: { accountId: s.source.id, events: [event] },
      }).then(() => ask(s, 'query C($value: String!) { customerByIdentifier(namespace: "email", value: $value) { id } }', { value }))
    },
    status: 200,
    code: /^(BAD_USER_INPUT)?$/,
    text: NOTHING,
  }),
)

/** Names that a terminal, a log or a header would interpret. */
const NAMES = ['\u001b[2J\u001b[31mroot', 'a\r\nSet-Cookie: x=1', '\u202Egpj.exe', '=cmd|"/c calc"!A1']
const names = NAMES.map(
  (name): Omit<Attack, 'id'> => ({
    what: `a tag group named ${JSON.stringify(name)}`,
    send: (s) => write(s, 'createTagGroup', 'CreateTagGroupInput', { name }),
    status: 200,
    code: /^(BAD_USER_INPUT)?$/,
  }),
)

export const injectionRows = numbered('injection', [...sql, ...inSegments, ...jsonPaths, ...templates, ...senders, ...recipients, ...names])
