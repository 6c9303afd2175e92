import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { campaignSeed, yuan } from '../../test/seed.ts'
import { publishMessageTemplate } from '../message-templates/publish-message-template.ts'

const seed = campaignSeed()
const PUBLISH = 'mutation P($input: PublishJourneyInput!) { publishJourney(input: $input) { journey { id } } }'
const READ = `query J($id: ID!) { journey(id: $id) { name state version
  trigger { segmentEntered { segmentId includeMembers segment { id } } }
  nodes {
    wait { id next wait } waitUntil { id next timeOfDay zone } exit { id }
    split { id next otherwise condition { orders { within minCount minNet { amount currency } } } }
    send { id next messageTemplateId purpose couponTemplateId variables { name value } messageTemplate { name } couponTemplate { id } } } } }`
type Read = {
  name: string
  state: string
  version: number
  trigger: { segmentEntered: object }
  nodes: { [kind: string]: object | null }[]
}

const publish = async (input: object) =>
  (
    await seed.query<{ publishJourney: { journey: { id: string } } }>(PUBLISH, {
      input: { idempotencyKey: key(), name: newId(), ...input },
    })
  ).publishJourney.journey.id
const read = async (id: string) => (await seed.query<{ journey: Read }>(READ, { id })).journey
const stored = async (id: string) => (await seed.test.owner.query('SELECT trigger, nodes FROM journeys WHERE id = $1', [id])).rows[0]
const withoutNulls = (value: unknown) => JSON.parse(JSON.stringify(value, (_key, inner) => (inner === null ? undefined : inner))) as object
/** The nodes in the form of the input: without the objects that their ids lead to. */
const inputOf = (nodes: Read['nodes']) =>
  nodes.map(({ send, ...rest }) => {
    const { messageTemplate: _m, couponTemplate: _c, ...plain } = (send ?? {}) as { messageTemplate?: unknown; couponTemplate?: unknown }
    return withoutNulls({ ...rest, send: send && plain })
  })

async function everyKind() {
  const { id: segmentId } = await seed.segment({ orders: {} })
  const text = { name: newId(), channel: 'EMAIL' as const, body: '{{ a }}', variables: [{ name: 'a', kind: 'TEXT' as const }] }
  const { id: messageTemplateId } = await publishMessageTemplate(seed.contextOf(), { idempotencyKey: key(), ...text })
  const { id: couponTemplateId } = await seed.couponTemplate()
  const condition = { orders: { within: 'P30D', minCount: 2, minNet: yuan('10.50') } }
  const nodes = [
    { wait: { id: 'pause', next: 'day', wait: 'P1DT30M' } },
    { waitUntil: { id: 'day', next: 'split', timeOfDay: '09:30', zone: 'Asia/Shanghai' } },
    { split: { id: 'split', next: 'send', otherwise: 'end', condition } },
    { send: { id: 'send', next: 'end', messageTemplateId, purpose: 'p', couponTemplateId, variables: [{ name: 'a', value: 'b' }] } },
    { exit: { id: 'end' } },
  ]
  return { trigger: { segmentEntered: { segmentId, includeMembers: true } }, nodes, segmentId, text, couponTemplateId }
}

describe('a journey', () => {
  it('is read back with its trigger and every kind of step, and can be published again', async () => {
    const { trigger, nodes, segmentId, text, couponTemplateId } = await everyKind()
    const id = await publish({ name: 'all', trigger, nodes })
    const journey = await read(id)
    expect(journey).toMatchObject({ name: 'all', state: 'RUNNING', version: 1 })
    expect(journey.trigger).toEqual({ segmentEntered: { ...trigger.segmentEntered, segment: { id: segmentId } } })
    expect(inputOf(journey.nodes)).toEqual(nodes)
    expect(journey.nodes[3]!.send).toMatchObject({ messageTemplate: { name: text.name }, couponTemplate: { id: couponTemplateId } })
    expect(await stored(await publish({ trigger, nodes: inputOf(journey.nodes) }))).toEqual(await stored(id))
  })

  it('that an earlier release stored is read back', async () => {
    const { id: segmentId } = await seed.segment({ orders: {} })
    const rest = {
      otherwise: null,
      waitSeconds: null,
      condition: null,
      templateId: null,
      purpose: null,
      couponTemplateId: null,
      variables: [],
    }
    const nodes = [
      { ...rest, id: 'wait', type: 'WAIT', waitSeconds: 60, next: 'end' },
      { ...rest, id: 'end', type: 'EXIT', next: null },
    ]
    const id = newId()
    const columns = [seed.tenant, id, newId(), segmentId, JSON.stringify(nodes)]
    await seed.test.owner.query('INSERT INTO journeys (tenant_id, id, name, segment_id, nodes) VALUES ($1, $2, $3, $4, $5)', columns)
    const journey = await read(id)
    expect(journey.trigger).toMatchObject({ segmentEntered: { segmentId, includeMembers: false } })
    expect(inputOf(journey.nodes)).toEqual([{ wait: { id: 'wait', next: 'end', wait: 'PT1M' } }, { exit: { id: 'end' } }])
  })

  it('is in the list of its state and name', async () => {
    const { id: segmentId } = await seed.segment({ orders: {} })
    const input = { trigger: { segmentEntered: { segmentId } }, nodes: [{ exit: { id: 'end' } }] }
    for (const name of ['b', 'a', 'c']) await publish({ ...input, name })
    const list = async (args: string) =>
      (await seed.query<{ journeys: { nodes: { name: string }[] } }>(`{ journeys${args} { nodes { name } } }`)).journeys.nodes.map(
        ({ name }) => name,
      )
    expect(await list('')).toEqual(['c', 'a', 'b'])
    expect(await list('(orderBy: { field: NAME })')).toEqual(['a', 'b', 'c'])
    expect(await list('(filter: { state: RUNNING, nameContains: "B" })')).toEqual(['b'])
  })
})

describe('entries of a customer', () => {
  it('are listed, the latest first, with an outcome as a code', async () => {
    const { id: segmentId } = await seed.segment({ orders: { minCount: 1 } })
    const person = await seed.meet()
    await seed.hear(seed.order(person))
    await seed.evaluate()
    for (const name of ['first', 'second'])
      await publish({ name, trigger: { segmentEntered: { segmentId, includeMembers: true } }, nodes: [{ exit: { id: 'end' } }] })
    await seed.test.owner.query(
      `UPDATE journey_entries SET entered_at = entered_at - interval '1 day', due_at = NULL, outcome = 'MISSING_VARIABLE: gift'
       WHERE tenant_id = $1 AND journey_id = (SELECT id FROM journeys WHERE tenant_id = $1 AND name = 'first')`,
      [seed.tenant],
    )
    type Entries = { nodes: { id: string; journey: { name: string } }[] }
    const { _entities } = await seed.query<{ _entities: [{ all: Entries; ended: Entries }] }>(
      `query E($of: [_Any!]!) { _entities(representations: $of) { ... on Customer {
        all: journeyEntries { nodes { journey { name } } }
        ended: journeyEntries(filter: { isEnded: true }) { nodes { id journey { name } outcome missingVariable } } } } }`,
      { of: [{ __typename: 'Customer', id: person.customerId }] },
    )
    expect(_entities[0].all.nodes.map(({ journey }) => journey.name)).toEqual(['second', 'first'])
    const [ended] = _entities[0].ended.nodes
    expect(_entities[0].ended.nodes).toEqual([
      { id: ended!.id, journey: { name: 'first' }, outcome: 'MISSING_VARIABLE', missingVariable: 'gift' },
    ])
    const entry = await seed.query<{ _entities: [object] }>(
      'query E($of: [_Any!]!) { _entities(representations: $of) { ... on JourneyEntry { nodeId isEnded } } }',
      { of: [{ __typename: 'JourneyEntry', id: ended!.id }] },
    )
    expect(entry._entities).toEqual([{ nodeId: 'end', isEnded: true }])
  })
})
