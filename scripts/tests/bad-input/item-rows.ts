import { newId } from '@renmai/platform/serve/ids'
import { ask, type Row, type Stage, write } from './row.ts'

const HALF = '😀'.slice(0, 1)
const event = (change: object) => ({
  messageId: newId(),
  type: 'page_view',
  occurredAt: new Date().toISOString(),
  identifiers: [{ namespace: 'login', value: newId() }],
  ...change,
})
const ingest = (stage: Stage, bad: object) =>
  ask(
    stage,
    'mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted rejected results { outcome reason pointer } } }',
    { input: { accountId: stage.source.id, events: [event({}), event(bad), event({})] } },
  )

/** One event of three is bad: the others are stored, and the bad one is named. */
const events: Row[] = (
  [
    ['a time that is none', { occurredAt: 'yesterday' }, 'INVALID_TIME', '/events/1/occurredAt'],
    ['a day that does not exist', { occurredAt: '2026-02-30T00:00:00Z' }, 'INVALID_TIME', '/events/1/occurredAt'],
    ['half of an emoji', { messageId: HALF }, 'INVALID_MESSAGE_ID', '/events/1/messageId'],
    ['NUL', { type: 'a\u0000' }, 'INVALID_TYPE', '/events/1/type'],
    ['a namespace that nobody knows', { identifiers: [{ namespace: 'x', value: 'y' }] }, 'UNKNOWN_NAMESPACE', '/identifiers/0/namespace'],
    ['an identifier cut within an emoji', { identifiers: [{ namespace: 'login', value: HALF }] }, 'INVALID_IDENTIFIER', '/value'],
  ] as const
).map(([what, bad, reason, pointer]) => ({
  id: 'A36',
  what: `${what}, in one event of three`,
  send: (stage) => ingest(stage, bad),
  status: 200,
  code: /^$/,
  text: new RegExp(`"accepted":2,"rejected":1.*"reason":"${reason}","pointer":"[^"]*${pointer}"`),
}))

/** A span that ends before it starts would hold nothing, silently. */
const spans: Row[] = [
  {
    id: 'A39',
    what: 'a segment of orders from a day to an earlier one',
    send: (s) =>
      write(s, 'createSegment', 'CreateSegmentInput', {
        name: newId(),
        definition: { orderDate: { which: 'LAST', from: '2026-03-02', to: '2026-03-01' } },
      }),
    status: 200,
    code: /BAD_USER_INPUT/,
    text: /orderDate\.to/,
  },
  {
    id: 'A39',
    what: 'a list from a time to an earlier one',
    send: (s) =>
      ask(s, 'query D($f: SendDecisionFilter) { sendDecisions(filter: $f) { nodes { id } } }', {
        f: { decidedFrom: '2026-03-02T00:00:00Z', decidedBefore: '2026-03-01T00:00:00Z' },
      }),
    status: 200,
    code: /BAD_USER_INPUT/,
    text: /filter\.decidedBefore/,
  },
]

export const itemRows: Row[] = [...events, ...spans]
