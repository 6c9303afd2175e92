import { newId } from '@renmai/platform/serve/ids'
import { oneOfRows } from './one-of-rows.ts'
import { ask, post, type Row, write } from './row.ts'

const BAD = 400
const CUSTOMER = 'query C($id: ID!) { customer(id: $id) { id } }'
const nested = (depth: number) => Array.from({ length: depth }).reduce<unknown>((inner) => ({ a: inner }), 1)
const event = (change: object) => ({
  messageId: newId(),
  type: 'page_view',
  occurredAt: new Date().toISOString(),
  identifiers: [{ namespace: 'login', value: newId() }],
  ...change,
})

/** Values that do not fit. Field problems come with 200 and a coded error, as GraphQL over HTTP specifies. */
const values: Row[] = [
  {
    id: 'A22',
    what: '__proto__ as a variable',
    send: (s) =>
      post(
        s,
        `{"query":"query C($id: ID!) { customer(id: $id) { id } }","variables":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"id":"x"}}`,
      ),
    status: [200, 400],
  },
  {
    id: 'A22',
    what: '__proto__ as an alias',
    send: (s) => ask(s, '{ __proto__: tenant { constructor: id } }'),
    status: [200, 400],
    code: /^$|GRAPHQL|BAD/,
  },
  { id: 'A23', what: 'variables nested 1,000 deep', send: (s) => ask(s, '{ tenant { id } }', nested(1_000)), status: BAD },
  {
    id: 'A23',
    what: 'a segment nested 40 deep',
    send: (s) =>
      write(s, 'createSegment', 'CreateSegmentInput', {
        name: 'deep',
        definition: Array.from({ length: 40 }).reduce<object>((inner) => ({ not: inner }), { tagId: newId() }),
      }),
    status: [200, 400],
  },
  {
    id: 'A25',
    what: 'a list of 100,000',
    send: (s) =>
      write(s, 'tagProfiles', 'TagProfilesInput', { tagId: newId(), target: { profileIds: Array.from({ length: 100_000 }, () => 'x') } }),
    status: 413,
    code: /TOO_LARGE/,
  },
  {
    id: 'A25',
    what: 'a list of 5,000 where 1,000 may be',
    send: (s) =>
      write(s, 'tagProfiles', 'TagProfilesInput', { tagId: newId(), target: { profileIds: Array.from({ length: 5_000 }, () => newId()) } }),
    status: 200,
    code: /BAD_USER_INPUT/,
  },
  {
    id: 'A26',
    what: 'first: 99999999',
    send: (s) => ask(s, '{ customers(first: 99999999) { nodes { id } } }'),
    status: [200, 400],
    code: /BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/,
  },
  { id: 'A26', what: 'first: -1', send: (s) => ask(s, '{ customers(first: -1) { nodes { id } } }'), status: 200, code: /BAD_USER_INPUT/ },
  {
    id: 'A26',
    what: 'a forged cursor',
    send: (s) => ask(s, '{ customers(first: 1, after: "eyJpZCI6MX0.AAAA") { nodes { id } } }'),
    status: 200,
    code: /BAD_USER_INPUT/,
  },
  { id: 'A35', what: 'NUL in a variable', send: (s) => ask(s, CUSTOMER, { id: 'a\u0000' }), status: BAD },
  { id: 'A35', what: 'NUL in the document', send: (s) => ask(s, '{ customer(id: "a\\u0000") { id } }'), status: [200, 400] },
  { id: 'A36', what: 'half a surrogate pair in a variable', send: (s) => ask(s, CUSTOMER, { id: '\ud800' }), status: BAD },
  { id: 'A36', what: 'half a surrogate pair in the document', send: (s) => ask(s, '{ customer(id: "\\ud800") { id } }'), status: BAD },
  {
    id: 'A37',
    what: 'a name of 1 MB',
    send: (s) => write(s, 'createTagGroup', 'CreateTagGroupInput', { name: 'x'.repeat(1024 ** 2) }),
    status: 413,
    code: /TOO_LARGE/,
  },
  {
    id: 'A37',
    what: 'a name of 50,000 emoji',
    send: (s) => write(s, 'createTagGroup', 'CreateTagGroupInput', { name: '😀'.repeat(50_000) }),
    status: 200,
    code: /BAD_USER_INPUT/,
  },
  {
    id: 'A37',
    what: 'a name of nothing visible',
    send: (s) => write(s, 'createTagGroup', 'CreateTagGroupInput', { name: '\u200b\u200b' }),
    status: 200,
  },
  { id: 'A38', what: 'an integer beyond 32 bits', send: (s) => ask(s, '{ customers(first: 2147483648) { nodes { id } } }'), status: BAD },
  {
    id: 'A38',
    what: 'an integer that is a text',
    send: (s) => ask(s, 'query C($n: Int) { customers(first: $n) { nodes { id } } }', { n: '12abc' }),
    status: [200, 400],
  },
  {
    id: 'A38',
    what: '1e309',
    send: (s) => post(s, '{"query":"query C($n: Int) { customers(first: $n) { nodes { id } } }","variables":{"n":1e309}}'),
    status: [200, 400],
  },
  {
    id: 'A39',
    what: 'a day that does not exist',
    send: (s) => ask(s, 'query K($d: Date!) { kpis(from: $d, to: $d) { isComplete } }', { d: '2024-02-30' }),
    status: [200, 400],
  },
  {
    id: 'A39',
    what: 'the year 275760',
    send: (s) =>
      ask(s, 'query K($d: DateTime!) { sendDecisions(filter: { decidedFrom: $d }) { totalCount } }', { d: '+275760-09-13T00:00:00Z' }),
    status: [200, 400],
  },
  {
    id: 'A39',
    what: 'a local time without its zone',
    send: (s) =>
      ask(s, 'query K($d: DateTime!) { sendDecisions(filter: { decidedFrom: $d }) { totalCount } }', { d: '2024-02-03T10:00:00' }),
    status: [200, 400],
  },
  {
    id: 'A40',
    what: 'wildcards in a searched value',
    send: (s) => ask(s, '{ customerByIdentifier(namespace: "login", value: "%_%\\\\") { id } }'),
    status: 200,
    code: /^$/,
  },
  {
    id: 'A41',
    what: 'SQL in a searched value',
    send: (s) =>
      ask(s, 'query V($v: String!) { customerByIdentifier(namespace: "login", value: $v) { id } }', {
        v: "'; select set_config('app.tenant_id','x',false)--",
      }),
    status: 200,
    code: /^$/,
  },
  {
    id: 'A42',
    what: 'a tenantId in an input',
    send: (s) => write(s, 'createTagGroup', 'CreateTagGroupInput', { name: 'x', tenantId: newId() }),
    status: [200, 400],
  },
  {
    id: 'D19',
    what: 'an event a year ahead',
    send: (s) =>
      ask(s, 'mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { rejected } }', {
        input: { accountId: s.source.id, events: [event({ occurredAt: new Date(Date.now() + 366 * 86_400_000).toISOString() })] },
      }),
    status: 200,
    code: /^$/,
  },
  {
    id: 'H14',
    what: 'a template that reaches for the constructor',
    send: (s) =>
      write(s, 'publishMessageTemplate', 'PublishMessageTemplateInput', {
        name: 'x',
        channel: 'EMAIL',
        subject: 'x',
        body: "{{constructor.constructor('return process')()}}",
      }),
    status: 200,
    code: /BAD_USER_INPUT/,
  },
  {
    id: 'H14',
    what: 'a template that reaches for the prototype',
    send: (s) =>
      write(s, 'publishMessageTemplate', 'PublishMessageTemplateInput', {
        name: 'x',
        channel: 'EMAIL',
        subject: 'x',
        body: '{{contact.__proto__}}',
      }),
    status: 200,
    code: /BAD_USER_INPUT/,
  },
  {
    id: 'H15',
    what: 'a segment of everybody by an empty condition',
    send: (s) => write(s, 'createSegment', 'CreateSegmentInput', { name: 'all', definition: {} }),
    status: 400,
    code: /BAD_USER_INPUT/,
  },
  {
    id: 'H15',
    what: 'a segment of everybody by an empty list',
    send: (s) => write(s, 'createSegment', 'CreateSegmentInput', { name: 'all', definition: { all: [] } }),
    status: 200,
    code: /BAD_USER_INPUT/,
  },
]

/** Ids of another tenant, in every place of an id. */
const foreign: Row[] = [
  {
    id: 'A27',
    what: "another tenant's customer",
    send: (s) => ask(s, CUSTOMER, { id: s.theirs.customerId }),
    status: 200,
    code: /^$|NOT_FOUND/,
  },
  {
    id: 'A27',
    what: "another tenant's group",
    send: (s) => write(s, 'createTag', 'CreateTagInput', { groupId: s.theirs.groupId, name: 'x' }),
    status: 200,
    code: /NOT_FOUND/,
  },
  {
    id: 'A27',
    what: "another tenant's profile in a list",
    send: (s) => write(s, 'setAttributes', 'SetAttributesInput', { target: { profileId: s.theirs.profileId }, attributes: [] }),
    status: 200,
    code: /NOT_FOUND|BAD_USER_INPUT/,
  },
  {
    id: 'A27',
    what: "another tenant's account",
    send: (s) =>
      ask(s, 'mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { rejected } }', {
        input: { accountId: s.theirs.accountId, events: [event({})] },
      }),
    status: 200,
    code: /NOT_FOUND/,
  },
  {
    id: 'A27',
    what: "a merge with another tenant's customer",
    send: (s) => write(s, 'mergeCustomers', 'MergeCustomersInput', { survivorId: s.theirs.customerId, absorbedId: newId(), reason: 'x' }),
    status: 200,
    code: /NOT_FOUND/,
  },
]

export const valueRows = [...values, ...oneOfRows, ...foreign]
