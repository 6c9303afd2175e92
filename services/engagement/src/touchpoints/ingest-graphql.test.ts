import { buildSchema } from '@renmai/platform/serve/subgraph'
import { graphql } from 'graphql'
import { expect, it } from 'vitest'
import { engagementSeed, viewed } from '../../test/seed.ts'
import { typeDefs } from '../gen/typedefs.ts'
import { resolvers } from '../resolvers.ts'
import type { IngestAnswer } from './ingest-events.ts'

const seed = engagementSeed()
const schema = buildSchema([typeDefs], resolvers)
const INGEST = `mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted duplicates rejected warnings
  results { messageId outcome reason pointer warnings { reason pointer } } } }`
/** Half of an emoji, as in a text that was cut. */
const HALF = '😀'.slice(0, 1)

async function ingest(accountId: string, events: object[]): Promise<IngestAnswer> {
  const variableValues = { input: { accountId, events } }
  const { data, errors } = await graphql({ schema, source: INGEST, contextValue: { ...seed.contextOf(), load: {} }, variableValues })
  expect(errors).toBeUndefined()
  return (data as { ingestEvents: IngestAnswer }).ingestEvents
}

it('a bad value of one event rejects this event alone, as the signed intake does', async () => {
  const account = await seed.source()
  const bad: [object, string, string][] = [
    [{ occurredAt: 'yesterday' }, 'INVALID_TIME', 'occurredAt'],
    [{ occurredAt: '2026-02-30T00:00:00Z' }, 'INVALID_TIME', 'occurredAt'],
    [{ occurredAt: '2026-02-03T10:00:00' }, 'INVALID_TIME', 'occurredAt'],
    [{ occurredAt: '1989-12-31T00:00:00Z' }, 'TOO_OLD', 'occurredAt'],
    [{ messageId: `m${HALF}` }, 'INVALID_MESSAGE_ID', 'messageId'],
    [{ messageId: 'a\u0000' }, 'INVALID_MESSAGE_ID', 'messageId'],
    [{ messageId: `${'m'.repeat(127)}😀` }, 'INVALID_MESSAGE_ID', 'messageId'],
    [{ type: HALF }, 'INVALID_TYPE', 'type'],
    [{ identifiers: [{ namespace: 'shoe_size', value: '44' }] }, 'UNKNOWN_NAMESPACE', 'identifiers/0/namespace'],
    [{ identifiers: [{ namespace: 'login', value: HALF }] }, 'INVALID_IDENTIFIER', 'identifiers/0/value'],
  ]
  const events = [viewed(1), ...bad.map(([change], at) => ({ ...viewed(10 + at), ...change })), viewed(2)]
  const answer = await ingest(account, events)
  expect(answer).toMatchObject({ accepted: 2, duplicates: 0, rejected: bad.length })
  expect(answer.results.slice(1, -1).map(({ reason, pointer }) => [reason, pointer])).toEqual(
    bad.map(([, reason, field], at) => [reason, `/events/${at + 1}/${field}`]),
  )
  for (const { messageId } of answer.results) expect(messageId.isWellFormed()).toBe(true)
  const { results } = await seed.ingest(account, events)
  expect(results.slice(1, -1)).toEqual(answer.results.slice(1, -1).map(({ warnings: _none, ...one }) => one))
})

it('a bad part of a good event is left out alone', async () => {
  const account = await seed.source()
  const parts = { attributes: [{ key: 'note', value: HALF }], details: { sku: 'A-1', extras: [{ key: 'a', time: 'never' }] } }
  const { results, warnings } = await ingest(account, [{ ...viewed(1), ...parts }, viewed(2)])
  expect(warnings).toBe(2)
  expect(results).toMatchObject([
    {
      outcome: 'ACCEPTED',
      warnings: [
        { reason: 'INVALID_PAIR', pointer: '/events/0/attributes/0' },
        { reason: 'INVALID_DETAIL', pointer: '/events/0/details/extras/0' },
      ],
    },
    { outcome: 'ACCEPTED', warnings: [] },
  ])
})
