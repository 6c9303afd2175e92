import { newId } from '@renmai/platform/serve/ids'
import { eventually, eventuallyFound } from '@renmai/platform/testing/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRenmai, PublishJourneyDocument, type PublishJourneyMutationVariables } from '../../../gateway/sdk/src/index.ts'
import { startWhole, type Whole } from '../whole.ts'

let whole: Whole
let profileId: string
let customerId: string
let segmentId: string
let messageTemplateId: string
let serviceId: string

/** Runs a mutation as staff and returns its payload. */
async function run<T>(name: string, answer: string, input: object): Promise<T> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`
  const document = `mutation M($input: ${type}!) { ${name}(input: $input) { ${answer} } }`
  return (await whole.client.query<Record<string, T>>(document, { input: { idempotencyKey: newId(), ...input } }))[name]!
}
const define = (key: string) =>
  run<{ purpose: { id: string } }>('createPurpose', 'purpose { id }', {
    key,
    name: key,
    consentLevel: 'GENERAL',
    noticeText: 'we write to you',
  })
const nodes = (more: object = {}) => [
  { send: { id: 'send', purpose: 'service', messageTemplateId, next: 'end', ...more } },
  { exit: { id: 'end' } },
]

/** A person with an e-mail address views a page. */
async function meet(): Promise<{ id: string; profiles: { nodes: { id: string }[] } }> {
  const { account } = await run<{ account: { id: string } }>('createEventSource', 'account { id }', { name: 'web', channel: 'WEB' })
  const email = 'reader@mail.example'
  const event = { messageId: newId(), type: 'page_view', occurredAt: new Date().toISOString() }
  await whole.client.query('mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted } }', {
    input: { accountId: account.id, events: [{ ...event, identifiers: [{ namespace: 'email', value: email }] }] },
  })
  const find = () =>
    whole.client.query<{ customerByIdentifier: { id: string; profiles: { nodes: { id: string }[] } } | null }>(
      'query C($value: String!) { customerByIdentifier(namespace: "email", value: $value) { id profiles { nodes { id } } } }',
      { value: email },
    )
  return eventuallyFound(async () => (await find()).customerByIdentifier)
}

/** The outcome of the one message that a journey of the service purpose sends. */
async function sendService(): Promise<{ state: string; reasons: string[] }> {
  const { journey } = await run<{ journey: { id: string } }>('publishJourney', 'journey { id }', {
    name: newId(),
    trigger: { segmentEntered: { segmentId, includeMembers: true } },
    nodes: nodes(),
  })
  const read = async () => {
    const { messages } = await whole.client.query<{ messages: { nodes: { state: string; reasons: string[] }[] } }>(
      'query M($id: ID!) { messages(first: 5, filter: { journeyId: $id }) { nodes { state reasons } } }',
      { id: journey.id },
    )
    return messages.nodes.find(({ state }) => ['SENT', 'BLOCKED'].includes(state))
  }
  return eventuallyFound(read)
}

beforeAll(async () => {
  whole = await startWhole()
  const met = await meet()
  ;[customerId, profileId] = [met.id, met.profiles.nodes[0]!.id]
  const at = { host: '127.0.0.1', port: whole.client.endpoints.smtpPort, from: 'hello@shop.example' }
  await run('connectSmtp', 'account { id }', { name: 'mail', ...at })
  await define('news')
  serviceId = (await define('service')).purpose.id
  const text = { name: 'offer', channel: 'EMAIL', subject: 'Offer', body: '50% off' }
  messageTemplateId = (await run<{ messageTemplate: { id: string } }>('publishMessageTemplate', 'messageTemplate { id }', text))
    .messageTemplate.id
  const definition = { behaviour: { type: 'page_view' } }
  segmentId = (await run<{ segment: { id: string } }>('createSegment', 'segment { id }', { name: 'readers', definition })).segment.id
  const size = () => whole.client.query<{ segment: { size: number } }>('query S($id: ID!) { segment(id: $id) { size } }', { id: segmentId })
  await eventually(async () => expect((await size()).segment.size).toBe(1))
  const withdraw = () =>
    run('withdrawConsent', 'consent { id }', { subject: { profileId }, purpose: 'news', channel: 'EMAIL', method: 'web_form' })
  await eventually(withdraw)
})
afterAll(() => whole.stop())

describe('a client that may write campaigns', () => {
  it('sends nothing without messages:write, and cannot name a class of its own', async () => {
    const input = { name: 'partner', kind: 'PARTNER', scopes: ['campaigns:read', 'campaigns:write'] }
    const { key } = await run<{ key: string }>('createApiClient', 'key', input)
    const renmai = createRenmai({ endpoint: whole.client.endpoints.publicGraphql, credential: key, retries: 0 })
    const publish = (more: object) => {
      const journey = { idempotencyKey: newId(), name: newId(), trigger: { segmentEntered: { segmentId } }, nodes: nodes(more) }
      return renmai.request(PublishJourneyDocument, { input: journey as PublishJourneyMutationVariables['input'] })
    }
    await expect(publish({})).rejects.toThrow(/messages:write/)
    await expect(publish({ messageClass: 'TRANSACTIONAL' })).rejects.toThrow(/messageClass/)
  })
})

describe('a customer who has withdrawn all marketing', () => {
  it('gets neither marketing nor transactional messages, but messages that law or contract requires', async () => {
    expect(await sendService()).toEqual({ state: 'BLOCKED', reasons: ['NO_CONSENT'] })
    await run('updatePurpose', 'purpose { id }', { purposeId: serviceId, messageClass: 'TRANSACTIONAL' })
    expect(await sendService()).toEqual({ state: 'BLOCKED', reasons: ['WITHDRAWN_MARKETING'] })
    await run('updatePurpose', 'purpose { id }', { purposeId: serviceId, isRequired: true })
    expect(await sendService()).toMatchObject({ state: 'SENT' })
  })
})

describe('a withdrawal', () => {
  const withdraw = (subject: object, purpose: string) =>
    run<{ storedCount: number }>('withdrawConsent', 'storedCount', { subject, purpose, channel: 'EMAIL', method: 'web_form' })
  const effective = async () => {
    const document = 'query C($id: ID!) { customer(id: $id) { effectiveConsents { purpose isAllowed reason } } }'
    const { customer } = await whole.client.query<{ customer: { effectiveConsents: object[] } }>(document, { id: customerId })
    return customer.effectiveConsents
  }

  it('by the id that the API gives for the customer, or by an identifier, is followed', async () => {
    await define('offers')
    await define('surveys')
    expect(await withdraw({ customerId }, 'offers')).toEqual({ storedCount: 1 })
    expect(await withdraw({ identifier: { namespace: 'email', value: ' Reader@mail.example' } }, 'surveys')).toEqual({ storedCount: 1 })
    for (const purpose of ['offers', 'surveys'])
      expect(await effective()).toContainEqual({ purpose, isAllowed: false, reason: 'WITHDRAWN' })
  })

  it('by the id of a customer in the place of a profile, or of nobody, is refused', async () => {
    await expect(withdraw({ profileId: customerId }, 'news')).rejects.toThrow(/is the id of a Customer, not of a Profile/)
    await expect(withdraw({ customerId: newId() }, 'news')).rejects.toThrow(/No person with this customer is known/)
  })
})
