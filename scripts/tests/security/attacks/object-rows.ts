import { newId } from '@renmai/platform/serve/ids'
import { type Answered, ask, post, write } from '../../bad-input/row.ts'
import { type Attack, type Callers, GOOD, numbered } from './callers.ts'

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__']
const each = (what: string, send: (s: Callers, name: string) => Promise<Answered>, wanted: Pick<Attack, 'status' | 'code' | 'text'>) =>
  NAMES.map((name): Omit<Attack, 'id'> => ({ what: `${name} as ${what}`, send: (s) => send(s, name), ...wanted }))

const FAULTY = /^(BAD_USER_INPUT|BAD_REQUEST|GRAPHQL_\w+|NOT_FOUND|CONFLICT)$/
const REFUSED = { status: [200, 400], code: FAULTY }
const HARMLESS = { status: [200, 400], code: /^(BAD_USER_INPUT|BAD_REQUEST|GRAPHQL_\w+|NOT_FOUND|CONFLICT)?$/ }
const CUSTOMER = 'query C($id: ID!) { customer(id: $id) { id } }'
const POLLUTE = '{"polluted":true}'
const publish = (s: Callers, node: object) =>
  write(s, 'publishJourney', 'PublishJourneyInput', {
    name: newId(),
    trigger: { segmentEntered: { segmentId: newId() } },
    nodes: [node],
  })
const raw = (text: string) => text.replaceAll('\n', '')

const bodies = [
  ...each('a key of the body', (s, name) => post(s, `{"query":"{ tenant { id } }","${name}":${POLLUTE}}`), HARMLESS),
  ...each('a key of the extensions', (s, name) => post(s, `{"query":"{ tenant { id } }","extensions":{"${name}":${POLLUTE}}}`), HARMLESS),
  ...each('the name of the operation', (s, name) => post(s, { query: 'query A { tenant { id } }', operationName: name }), {
    status: 400,
    code: FAULTY,
  }),
  ...each('a field', (s, name) => ask(s, `{ ${name} }`), { status: 400, code: FAULTY }),
  ...each('an argument', (s, name) => ask(s, `{ customer(${name}: 1, id: "x") { id } }`), { status: 400, code: FAULTY }),
  ...each('a directive', (s, name) => ask(s, `{ tenant @${name} { id } }`), { status: 400, code: FAULTY }),
  ...each('a type', (s, name) => ask(s, `{ __type(name: "${name}") { name } }`), { status: 200, text: /"__type":null/ }),
  ...each('a fragment', (s, name) => ask(s, `{ tenant { ...${name} } } fragment ${name} on Tenant { id }`), GOOD),
  ...each('an alias of an entity', (s, name) => ask(s, `{ customers(first: 1) { nodes { ${name}: createdAt } } }`), HARMLESS),
  ...each('the variable of an id', (s, name) => ask(s, CUSTOMER, { id: name }), HARMLESS),
]

const inputs = [
  ...each(
    'a key of an input',
    (s, name) =>
      post(
        s,
        raw(`{"query":"mutation M($input: CreateTagGroupInput!) { createTagGroup(input: $input) { group { id } } }",
"variables":{"input":{"idempotencyKey":"${newId()}","name":"${newId()}","${name}":${POLLUTE}}}}`),
      ),
    HARMLESS,
  ),
  ...each(
    'the key of a field',
    (s, name) => {
      const input = { key: name, label: 'x', kind: 'TEXT', sensitivity: 'NONE' }
      return write(s, 'createAttributeField', 'CreateAttributeFieldInput', input)
    },
    HARMLESS,
  ),
  ...each(
    'the key of an attribute',
    (s, name) => {
      const input = { target: { profileId: newId() }, attributes: [{ key: name, value: 'x' }] }
      return write(s, 'setAttributes', 'SetAttributesInput', input)
    },
    REFUSED,
  ),
  ...each(
    'the key of a purpose',
    (s, name) => {
      const input = { key: name, name, consentLevel: 'GENERAL', noticeText: 'x' }
      return write(s, 'createPurpose', 'CreatePurposeInput', input)
    },
    HARMLESS,
  ),
  ...each('the name of a tag group', (s, name) => write(s, 'createTagGroup', 'CreateTagGroupInput', { name }), HARMLESS),
  ...each('the id of a step', (s, name) => publish(s, { exit: { id: name } }), REFUSED),
  ...each('the step that comes next', (s, name) => publish(s, { wait: { id: 'a', next: name, wait: 'PT1M' } }), REFUSED),
  ...each(
    'a value of a template',
    (s, name) => {
      const template = { name: newId(), channel: 'EMAIL', subject: 'x', body: `{{ ${name} }}{{ contact.${name}.${name} }}` }
      return write(s, 'publishMessageTemplate', 'PublishMessageTemplateInput', template)
    },
    HARMLESS,
  ),
  ...each(
    'an attribute of a segment',
    (s, name) => {
      const definition = { attribute: { key: name, operator: 'EQ', values: ['x'] } }
      return write(s, 'createSegment', 'CreateSegmentInput', { name: newId(), definition })
    },
    HARMLESS,
  ),
  ...each(
    'the namespace of an identifier',
    (s, name) => ask(s, `{ customerByIdentifier(namespace: "${name}", value: "x") { id } }`),
    HARMLESS,
  ),
  ...each(
    'a property of an event',
    (s, name) => {
      const event = { messageId: newId(), type: 'page_view', occurredAt: new Date().toISOString() }
      const events = [{ ...event, identifiers: [{ namespace: 'login', value: newId() }], properties: [{ key: name, value: 'x' }] }]
      return ask(s, 'mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted } }', {
        input: { accountId: s.source.id, events },
      })
    },
    HARMLESS,
  ),
]

const repeats: Omit<Attack, 'id'>[] = [
  {
    what: 'a body that has its query twice, of which the last counts',
    send: (s) => post(s, '{"query":"{ nothing }","query":"{ tenant { id } }"}'),
    ...GOOD,
  },
  {
    what: 'a body whose second query is the bad one',
    send: (s) => post(s, '{"query":"{ tenant { id } }","query":"{ nothing }"}'),
    status: 400,
    code: FAULTY,
  },
  {
    what: 'a body that has its variables twice',
    send: (s) => post(s, `{"query":"${CUSTOMER}","variables":{"id":"x"},"variables":{}}`),
    status: 400,
    code: FAULTY,
  },
]

export const objectRows = numbered('object', [...bodies, ...inputs, ...repeats])
